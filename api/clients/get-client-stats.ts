import { createRoute, z } from '@hono/zod-openapi'
import { usageOf } from '../../prisma/queries/budgets.ts'
import { findClient } from '../../prisma/queries/clients.ts'
import { countCampaigns, readStats } from '../../prisma/queries/stats.ts'
import { asServer } from '../auth/caller-scope.ts'
import { budgetUsd } from '../budgets/budget-field.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { uuidParam } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { usd } from '../usd.ts'

const ClientStats = z
  .object({
    campaignCount: z.int().openapi({ example: 2 }),
    videoCount: z.int().openapi({ description: 'Completed jobs with a video', example: 5 }),
    totalSpend: z.number().openapi({ description: 'USD, from the ledger; deleted jobs count too', example: 61.2 }),
    totalCommitted: z.number().openapi({ description: 'USD that is approved, and not spent yet', example: 3.2 }),
    budget: z.number().nullable().openapi({ description: 'USD in all; null for no limit', example: 120 }),
    jobCount: z.int().openapi({ example: 6 }),
    assetCount: z.int().openapi({ example: 31 }),
  })
  .openapi('ClientStats')

const route = createRoute({
  method: 'get',
  path: '/clients/{id}/stats',
  tags: ['Clients'],
  summary: 'What a client has come to',
  request: { params: z.object({ id: uuidParam('Client') }) },
  responses: {
    200: json(z.object({ data: ClientStats }), 'The figures'),
    ...codedRefusals({ 404: 'Client not found' }),
  },
})

export function getClientStats({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const client = found(await findClient(db, c.req.valid('param').id), 'Client')
    const owner = { clientId: client.id }
    const { spentMicroUsd, ...counts } = await readStats(db, owner)
    const { committedMicroUsd } = await asServer(() => usageOf(db, 'client', owner))
    const budget = { totalCommitted: usd(committedMicroUsd), budget: budgetUsd(client.budgetCents) }
    const campaignCount = await countCampaigns(db, client.id)
    return c.json({ data: { campaignCount, ...counts, totalSpend: usd(spentMicroUsd), ...budget } }, 200)
  })
}
