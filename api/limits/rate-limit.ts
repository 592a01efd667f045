/** So many requests a minute for each key, so that one script that has gone wild does not take the server from the others. */
import type { MiddlewareHandler } from 'hono'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Config } from '../../config.ts'
import { ApiError } from '../errors.ts'
import { isOpenRoute } from '../open-routes.ts'
import type { ApiEnv } from '../router.ts'

const WINDOW_SECONDS = 60

/**
 * Counts in this process: of two servers behind a balancer each takes as many. Routes that ask for no key are not counted.
 * Mount it after the key was looked at. Refuses with 429 and Retry-After.
 * @param http `requestsPerMinute` null: no limit
 */
export function limitRate({ http }: Pick<Config, 'http'>): MiddlewareHandler<ApiEnv> {
  const { requestsPerMinute: points } = http
  if (points === null) return (_, next) => next()
  const limiter = new RateLimiterMemory({ points, duration: WINDOW_SECONDS })
  return async (c, next) => {
    const { principal } = c.var
    // A request that is run for another was counted with it.
    if (c.env?.repeat || isOpenRoute(c.req.method, c.req.path)) return next()
    try {
      await limiter.consume(principal.id)
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      throw new ApiError(
        429,
        `${principal.name} has made ${points} requests within a minute, which is the limit here (RATE_LIMIT_PER_MINUTE). Come back in ${seconds} s.`,
        { retryAfterSeconds: seconds },
      )
    }
    return next()
  }
}
