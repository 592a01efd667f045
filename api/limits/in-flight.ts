/** Refuses early what could only be refused late: more requests than a server can work on at once would all miss their deadline. */
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../../config.ts'
import { isLasting } from '../deadline.ts'
import { ApiError } from '../errors.ts'
import type { ApiEnv } from '../router.ts'

/** So that who watches the server is told of its health, not of its load. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * How long a request may count that has to be answered in time: a transaction waits for half a minute at most and lasts
 * for another one. What is still not done by then hangs, and would take its place for good.
 */
const COUNTED_MS = 65_000

/**
 * Counts requests until their work is done, also when they were answered before that because they were late: mount it
 * within the deadline. An open stream, or a film on its way, is no longer counted. Refuses with 503 and Retry-After.
 */
export function limitInFlight({ http }: Pick<Config, 'http'>): MiddlewareHandler<ApiEnv> {
  const inFlight = new Set<Place>()
  return async (c, next) => {
    const { method, path } = c.req
    if (c.env?.repeat || PROBES.has(path)) return next()
    if (inFlight.size >= http.requestsAtOnce) giveUpHanging(inFlight)
    if (inFlight.size >= http.requestsAtOnce) {
      throw new ApiError(
        503,
        `This server is working on ${http.requestsAtOnce} requests, as many as it takes at once (MAX_REQUESTS_AT_ONCE). Nothing was done: repeat it.`,
        { retryAfterSeconds: 1 },
      )
    }
    const place = { began: performance.now(), isLasting: isLasting(method, path) }
    inFlight.add(place)
    try {
      return await next()
    } finally {
      inFlight.delete(place)
    }
  }
}

interface Place {
  /** Of performance.now(). */
  began: number
  isLasting: boolean
}

/** Those that began first come first. */
function giveUpHanging(places: Set<Place>): void {
  const before = performance.now() - COUNTED_MS
  for (const place of places) {
    if (place.began > before) return
    if (!place.isLasting) places.delete(place)
  }
}
