/** Who may ask: holders of one of the keys in API_AUTH_KEY; anyone on this machine when there is none. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import { isOpenRoute } from './open-routes.ts'
import type { ApiEnv } from './router.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

export function requireKey({ http }: Pick<Config, 'http'>): MiddlewareHandler<ApiEnv> {
  const known = http.authKeys.map(digest)
  const stranger = known.length > 0 ? 'anyone' : 'anyone on this machine'
  return async (c, next) => {
    const given = [c.req.header('x-api-key'), /^Bearer\s+(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]]
    const key = given.flatMap((text) => (text ? [digest(text.trim())] : [])).find((hash) => isAmong(known, hash))
    if (known.length > 0 && !key && !isOpenRoute(c.req.method, c.req.path)) {
      return c.json({ error: 'missing or invalid x-api-key header' }, 401)
    }
    c.set('caller', key ? `key ${key.toString('hex').slice(0, 8)}` : stranger)
    await next()
  }
}

/** Compares with every key in constant time: how long it takes says nothing of how much was right. */
function isAmong(known: Buffer[], hash: Buffer): boolean {
  return known.map((one) => timingSafeEqual(one, hash)).includes(true)
}
