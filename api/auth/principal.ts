/** Who is asking. */
import type { Context } from 'hono'
import { type Role, roleSuffices } from '../../domain/role.ts'
import { ApiError } from '../errors.ts'
import type { ApiEnv } from '../router.ts'

export interface Principal {
  /** Stays the same from request to request and is no secret: "key:<id>", "env:<8 digits of its hash>" or "anyone". */
  id: string
  /** Fit to be shown; recorded as who decided. */
  name: string
  role: Role
  /** Null: of every client. */
  clientId: string | null
}

/** Whoever asks while API_AUTH_KEY is unset. */
export const ANYONE_HERE: Principal = {
  id: 'anyone',
  name: 'anyone on this machine',
  role: 'operator',
  clientId: null,
}

/** @throws ApiError 403, naming the role that it takes */
export function requireRole(c: Context<ApiEnv>, needed: Role, what = 'This'): void {
  const { role, name } = c.get('principal')
  if (roleSuffices(role, needed)) return
  throw new ApiError(403, `${what} takes the key of an ${needed}; ${name} is a key of the role ${role}`)
}

/** @throws ApiError 403 when the key is one client's and what it asks for concerns all of them */
export function requireEveryClient(c: Context<ApiEnv>): void {
  const { clientId, name } = c.get('principal')
  if (clientId === null) return
  throw new ApiError(403, `This concerns every client, and ${name} is a key of one: use a key without a client`)
}

/** The name under which a decision is recorded; `claimed` is what the body says, which only the open mode believes. */
export function deciderName(c: Context<ApiEnv>, claimed: string | null | undefined): string {
  const { id, name } = c.get('principal')
  if (!claimed) return name
  return id === ANYONE_HERE.id ? claimed : `${claimed} (${name})`
}
