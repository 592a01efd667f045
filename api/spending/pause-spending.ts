import { createRoute } from '@hono/zod-openapi'
import { pauseSpending as writePause } from '../../prisma/queries/spending.ts'
import { deciderName } from '../auth/principal.ts'
import type { ApiDeps } from '../deps.ts'
import { body, text } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { SpendingJson, spendingJson } from './spending-json.ts'

const Pause = body({ reason: text, by: text }).openapi('SpendingPause', {
  example: { reason: 'The bill is being checked', by: 'Ola' },
})

const route = createRoute({
  method: 'post',
  path: '/spending/pause',
  tags: ['Spending'],
  summary: 'Buy no new prediction until resumed',
  description:
    'What was bought already goes on, and jobs wait before their next purchase. A purchase that has waited for a day fails, unpaid. A pause that is on already stays as it is.',
  request: { body: { required: false, content: { 'application/json': { schema: Pause } } } },
  responses: {
    200: json(SpendingJson, 'Spending is paused'),
    ...plainRefusals({
      422: ['A field is wrong', { error: 'Validation failed', details: { reason: ['must be a string'] } }],
    }),
  },
})

export function pauseSpending(deps: ApiDeps) {
  const { db, log } = deps
  return endpoint(route, async (c) => {
    const { reason, by } = c.req.valid('json') ?? {}
    await writePause(db, { by: deciderName(c, by), reason: reason || null, since: new Date().toISOString() })
    const now = await spendingJson(deps)
    log.warn({ by: now.by, reason: now.reason }, 'spending is paused')
    return c.json(now, 200)
  })
}
