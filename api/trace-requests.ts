/** A span for each request, which what it sets going belongs to. Mounted only where traces are made. */
import { trace } from '@opentelemetry/api'
import type { MiddlewareHandler } from 'hono'
import type { Tracing } from '../telemetry/tracing.ts'
import { withoutToken } from './request-log.ts'
import type { ApiEnv } from './router.ts'

/** Asked for every few seconds by machines. */
const UNTRACED = ['/healthz', '/readyz', '/metrics']

export function traceRequests({ http }: Tracing): MiddlewareHandler<ApiEnv> {
  return (c, next) => {
    if (c.env?.repeat || UNTRACED.includes(c.req.path)) return next()
    return http(c, async () => {
      const span = trace.getActiveSpan()
      // Queries and paths have tokens that open something.
      span?.setAttribute('url.full', new URL(withoutToken(c.req.path), c.req.url).href)
      await next()
      span?.setAttribute('greenlight.request_id', c.var.requestId)
    })
  }
}
