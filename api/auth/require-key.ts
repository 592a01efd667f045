/**
 * Who may ask: holders of a key, or of a session that was had for one. While API_AUTH_KEY is unset anyone on this machine
 * may; a key that is given all the same is taken as what it is, so that roles can be tried.
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { Config } from '../../config.ts'
import { isOpenRoute } from '../open-routes.ts'
import type { ApiEnv } from '../router.ts'
import { inScopeOf } from './caller-scope.ts'
import type { Keyring } from './keyring.ts'
import { ANYONE_HERE, type Principal } from './principal.ts'
import { readSession } from './session-cookie.ts'

const REFUSAL = { error: 'missing or invalid x-api-key header' }
/** On an open route nobody is asked who they are. */
const ANYONE: Principal = { ...ANYONE_HERE, name: 'anyone' }

/** Names the caller (`c.var.principal`) and gives the rest of the request that caller's view of the database. */
export function requireKey(
  config: Pick<Config, 'http'>,
  keyring: Keyring,
  secret: () => Promise<string>,
): MiddlewareHandler<ApiEnv> {
  const isOpen = config.http.authKeys.length === 0
  return async (c, next) => {
    const unasked = isOpenRoute(c.req.method, c.req.path) || isSigningIn(c)
    const known = unasked ? ANYONE : await identify(c, config, keyring, secret)
    if (!known && !isOpen) return c.json(REFUSAL, 401)
    const principal = known ?? ANYONE_HERE
    c.set('principal', principal)
    c.set('caller', principal.name)
    c.set('isWelcome', async () => principal.id === ANYONE_HERE.id || (await keyring.byId(principal.id)) !== null)
    return inScopeOf(principal.clientId, next)
  }
}

async function identify(
  c: Context<ApiEnv>,
  config: Pick<Config, 'http'>,
  keyring: Keyring,
  secret: () => Promise<string>,
): Promise<Principal | null> {
  const byKey = async (key = '') => (key.trim() ? keyring.byKey(key.trim()) : null)
  const principal =
    (await byKey(c.req.header('x-api-key'))) ??
    (await byKey(/^Bearer\s+(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]))
  if (principal) return principal
  const session = await readSession(c, config, secret)
  return session && keyring.byId(session.id)
}

/** The key stands in the body there; and who has none any more may still sign out. */
function isSigningIn(c: Context<ApiEnv>): boolean {
  return c.req.path === '/api/v3/session' && (c.req.method === 'POST' || c.req.method === 'DELETE')
}
