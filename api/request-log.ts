/** Gives every request an id, says it in the answer and in every line of it, and writes one log line a request. */
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { type LogFields, withLogFields } from '../telemetry/log-fields.ts'
import type { ApiDeps } from './deps.ts'
import type { ApiEnv } from './router.ts'

const SANE = /^[\w.:-]{1,128}$/

export function logRequests({ log }: Pick<ApiDeps, 'log'>): MiddlewareHandler<ApiEnv> {
  return (c, next) => {
    const given = c.req.header('x-request-id')
    const requestId = given && SANE.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    c.set('log', log)
    return withLogFields({ requestId, ...namedBy(c.req.path) }, async () => {
      const started = performance.now()
      await next()
      c.res.headers.set('x-request-id', requestId)
      // A request that is run for another has its line there.
      if (c.env?.repeat) return
      const milliseconds = Math.round(performance.now() - started)
      log.info({ method: c.req.method, path: withoutToken(c.req.path), status: c.res.status, milliseconds })
    })
  }
}

const JOB = /^\/api\/v3\/(?:jobs|videos|audio|audio\/status)\/(\d{1,15})(?:\/(?:scenes\/([\w-]{1,64})|)|$)/

/** The job, and the scene, that a path is about. */
function namedBy(path: string): LogFields {
  const [, jobId, sceneId] = JOB.exec(path) ?? []
  return { ...(jobId && { jobId: Number(jobId) }), ...(sceneId && { sceneId }) }
}

/** The token of an audio segment opens it, so it stays out of the log; so does the query, which is not logged at all. */
export function withoutToken(path: string): string {
  return path.replace(/^(\/api\/v3\/audio\/segments\/).+/, '$1…')
}
