import { createRoute } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { SpendingJson, spendingJson } from './spending-json.ts'

const route = createRoute({
  method: 'get',
  path: '/spending',
  tags: ['Spending'],
  summary: 'What was spent, and whether more may be',
  responses: { 200: json(SpendingJson, 'The figures of all clients') },
})

export function getSpending(deps: ApiDeps) {
  return endpoint(route, async (c) => c.json(await spendingJson(deps), 200))
}
