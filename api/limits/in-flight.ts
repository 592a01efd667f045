/** Refuses early what could only be refused late: more requests than a server can work on at once would all miss their deadline. */
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../../config.ts'
import { ApiError } from '../errors.ts'
import type { ApiEnv } from '../router.ts'

/** So that who watches the server is told of its health, not of its load. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * Counts requests until their answer begins: an open stream, or a film on its way, is no longer counted. Refuses with 503
 * and Retry-After.
 */
export function limitInFlight({ http }: Pick<Config, 'http'>): MiddlewareHandler<ApiEnv> {
  let inFlight = 0
  return async (c, next) => {
    if (c.env?.repeat || PROBES.has(c.req.path)) return next()
    if (inFlight >= http.requestsAtOnce) {
      throw new ApiError(
        503,
        `This server is working on ${http.requestsAtOnce} requests, as many as it takes at once (MAX_REQUESTS_AT_ONCE). Nothing was done: repeat it.`,
        { retryAfterSeconds: 1 },
      )
    }
    inFlight++
    try {
      return await next()
    } finally {
      inFlight--
    }
  }
}
