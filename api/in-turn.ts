/** Makes one middleware of several. */
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './router.ts'

/**
 * Runs each inside the one before, as Hono would, without the promises that Hono makes for each: they cost more than what most
 * of ours do. What one throws leaves all of them, and is answered outside; so each hands back what `next()` gives it,
 * which may be the answer of a later one.
 */
export function inTurn(...all: MiddlewareHandler<ApiEnv>[]): MiddlewareHandler<ApiEnv> {
  return all.reduceRight((rest, one) => (c, next) => one(c, () => rest(c, next) as Promise<void>))
}
