/** `/metrics`, for Prometheus: an operator's key, or none for who asks from this machine. */
import { getConnInfo } from '@hono/node-server/conninfo'
import { createRoute, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { hostname, isLoopback } from '../origin.ts'
import { type ApiEnv, endpoint } from '../router.ts'
import type { Measures } from './measures.ts'

/** None of them, or any: who asks from this machine needs none. */
const PERHAPS_A_KEY: Record<string, string[]>[] = [{}, { ApiKey: [] }, { Bearer: [] }, { Session: [] }]

const route = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['Health'],
  summary: 'Figures for Prometheus; from this machine without a key',
  security: PERHAPS_A_KEY,
  responses: { 200: { description: 'The figures', content: { 'text/plain': { schema: z.string() } } } },
})

export function metricsRoutes(measures: Measures) {
  return [endpoint(route, (c) => answer(c, measures))] as const
}

/** Mount it before keys are asked for. */
export function answerLocalScrapes(measures: Measures): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
    if (c.req.path === route.path && reads && comesFromHere(c)) return answer(c, measures)
    return next()
  }
}

async function answer(c: Context<ApiEnv>, { text, contentType }: Measures) {
  const body = await text()
  return c.text(body, 200, { 'content-type': contentType, 'cache-control': 'no-store' })
}

/** What a proxy on this machine hands on comes from elsewhere: it names another host, or says for whom it asks. */
function comesFromHere(c: Context<ApiEnv>): boolean {
  if (['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => c.req.header(name))) return false
  if (!isLoopback(hostname(c))) return false
  const address = getConnInfo(c).remote.address ?? ''
  return isLoopback(address.replace(/^::ffff:/, ''))
}
