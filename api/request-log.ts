/** Gives every request an id, says it in the answer, and writes one log line a request. */
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { ApiDeps } from './deps.ts'
import type { ApiEnv } from './router.ts'

const SANE = /^[\w.:-]{1,128}$/

export function logRequests({ log }: Pick<ApiDeps, 'log'>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given && SANE.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    const ownLog = log.child({ requestId })
    c.set('log', ownLog)
    const started = performance.now()
    await next()
    c.res.headers.set('x-request-id', requestId)
    // A request that is run for another has its line there.
    if (c.env?.repeat) return
    const milliseconds = Math.round(performance.now() - started)
    ownLog.info({ method: c.req.method, path: withoutToken(c.req.path), status: c.res.status, milliseconds })
  }
}

/** The token of an audio segment opens it, so it stays out of the log; so does the query, which is not logged at all. */
function withoutToken(path: string): string {
  return path.replace(/^(\/api\/v3\/audio\/segments\/).+/, '$1…')
}
