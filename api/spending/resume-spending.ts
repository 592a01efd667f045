import { createRoute } from '@hono/zod-openapi'
import { resumeSpending as endPause } from '../../prisma/queries/spending.ts'
import type { ApiDeps } from '../deps.ts'
import { json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { SpendingJson, spendingJson } from './spending-json.ts'

const route = createRoute({
  method: 'post',
  path: '/spending/resume',
  tags: ['Spending'],
  summary: 'Buy again; harmless when spending is not paused',
  responses: { 200: json(SpendingJson, 'Spending goes on') },
})

export function resumeSpending(deps: ApiDeps) {
  const { db, log } = deps
  return endpoint(route, async (c) => {
    await endPause(db)
    log.warn({ by: c.var.caller }, 'spending is resumed')
    return c.json(await spendingJson(deps), 200)
  })
}
