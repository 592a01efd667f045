/** The session: a browser exchanges a key for a cookie, so that pages, event streams and players need not hold the key. */
import type { Keyring } from '../auth/keyring.ts'
import type { ApiDeps } from '../deps.ts'
import { createSession } from './create-session.ts'
import { deleteSession } from './delete-session.ts'
import { getSession } from './get-session.ts'

export interface SessionDeps extends Pick<ApiDeps, 'config'> {
  keyring: Keyring
  /** What signs the cookies. */
  secret: () => Promise<string>
}

export function sessionRoutes(deps: SessionDeps) {
  return [createSession(deps), getSession(deps), deleteSession(deps)] as const
}
