import { createRoute, z } from '@hono/zod-openapi'
import { findCampaign } from '../../prisma/queries/campaigns.ts'
import { readStats } from '../../prisma/queries/stats.ts'
import { budgetStats, budgetStatsFields } from '../budgets/budget-stats.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { uuidParam } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { usd } from '../usd.ts'

const CampaignStats = z
  .object({
    videoCount: z.int().openapi({ description: 'Completed jobs with a video', example: 3 }),
    totalSpend: z.number().openapi({ description: 'USD, from the ledger; deleted jobs count too', example: 38.4 }),
    ...budgetStatsFields,
    jobCount: z.int().openapi({ example: 4 }),
    assetCount: z.int().openapi({ example: 12 }),
  })
  .openapi('CampaignStats')

const route = createRoute({
  method: 'get',
  path: '/campaigns/{id}/stats',
  tags: ['Campaigns'],
  summary: 'What a campaign has come to',
  request: { params: z.object({ id: uuidParam('Campaign') }) },
  responses: {
    200: json(z.object({ data: CampaignStats }), 'The figures'),
    ...codedRefusals({ 404: 'Campaign not found' }),
  },
})

export function getCampaignStats({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const campaign = found(await findCampaign(db, c.req.valid('param').id), 'Campaign')
    const { spentMicroUsd, ...counts } = await readStats(db, { campaignId: campaign.id })
    const budget = await budgetStats(db, 'campaign', campaign)
    return c.json({ data: { ...counts, totalSpend: usd(spentMicroUsd), ...budget } }, 200)
  })
}
