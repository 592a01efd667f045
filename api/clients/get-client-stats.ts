import { createRoute, z } from '@hono/zod-openapi'
import { findClient } from '../../prisma/queries/clients.ts'
import { countCampaigns, readStats } from '../../prisma/queries/stats.ts'
import { budgetStats, budgetStatsFields } from '../budgets/budget-stats.ts'
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
    ...budgetStatsFields,
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
    const { spentMicroUsd, ...counts } = await readStats(db, { clientId: client.id })
    const budget = await budgetStats(db, 'client', client)
    const campaignCount = await countCampaigns(db, client.id)
    return c.json({ data: { campaignCount, ...counts, totalSpend: usd(spentMicroUsd), ...budget } }, 200)
  })
}
