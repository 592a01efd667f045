/** Health: `/healthz` says that the process is up, `/readyz` that it can serve. */
import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from './deps.ts'
import { json } from './responses.ts'
import { endpoint } from './router.ts'

const DEADLINE_MS = 2_000

const Health = z.object({ status: z.literal('ok') })
const Readiness = z.object({
  status: z.enum(['ready', 'draining', 'unavailable']),
  checks: z.object({ database: z.enum(['ok', 'failed']) }),
})

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['Health'],
  summary: 'The process is up',
  security: [],
  responses: { 200: json(Health, 'Up') },
})
const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['Health'],
  summary: 'The server can serve',
  security: [],
  responses: {
    200: json(Readiness, 'Ready'),
    503: json(Readiness, 'It is about to end, or something that it needs does not answer'),
  },
})

export function healthRoutes({ db }: Pick<ApiDeps, 'db'>) {
  return [
    endpoint(healthz, (c) => c.json({ status: 'ok' as const }, 200)),
    endpoint(readyz, async (c) => {
      const database = (await answers(db)) ? ('ok' as const) : ('failed' as const)
      const draining = c.env?.draining?.aborted
      if (database === 'ok' && !draining) return c.json({ status: 'ready' as const, checks: { database } }, 200)
      const status = database === 'failed' ? ('unavailable' as const) : ('draining' as const)
      return c.json({ status, checks: { database } }, 503, { 'retry-after': '5' })
    }),
  ] as const
}

async function answers(db: ApiDeps['db']): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, DEADLINE_MS, false)
  })
  const asked = db.$queryRawUnsafe('SELECT 1').then(
    () => true,
    () => false,
  )
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
