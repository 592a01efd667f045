import { createRoute, z } from '@hono/zod-openapi'
import { usageOf } from '../../prisma/queries/budgets.ts'
import { findCampaign } from '../../prisma/queries/campaigns.ts'
import { readStats } from '../../prisma/queries/stats.ts'
import { asServer } from '../auth/caller-scope.ts'
import { budgetUsd } from '../budgets/budget-field.ts'
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
    totalCommitted: z.number().openapi({ description: 'USD that is approved, and not spent yet', example: 3.2 }),
    budget: z.number().nullable().openapi({ description: 'USD in all; null for no limit', example: 120 }),
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
    const owner = { campaignId: campaign.id }
    const { spentMicroUsd, ...counts } = await readStats(db, owner)
    const { committedMicroUsd } = await asServer(() => usageOf(db, 'campaign', owner))
    const budget = { totalCommitted: usd(committedMicroUsd), budget: budgetUsd(campaign.budgetCents) }
    return c.json({ data: { ...counts, totalSpend: usd(spentMicroUsd), ...budget } }, 200)
  })
}
