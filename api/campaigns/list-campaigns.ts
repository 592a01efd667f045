import { createRoute, z } from '@hono/zod-openapi'
import { listCampaigns as readCampaigns } from '../../prisma/queries/campaigns.ts'
import type { ApiDeps } from '../deps.ts'
import { clientFilter, optionalPaging, ownerFilter } from '../fields.ts'
import { codedRefusals, json, total } from '../responses.ts'
import { endpoint } from '../router.ts'
import { CampaignJson, campaignJson } from './campaign-json.ts'

const route = createRoute({
  method: 'get',
  path: '/campaigns',
  tags: ['Campaigns'],
  summary: 'Campaigns, newest first',
  request: { query: z.object({ ...clientFilter, ...optionalPaging }) },
  responses: {
    ...codedRefusals({ 400: 'A parameter is wrong' }),
    200: json(z.object({ data: z.array(CampaignJson), meta: z.object({ total }) }), 'The campaigns'),
  },
})

export function listCampaigns({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { limit, offset, ...query } = c.req.valid('query')
    const { clientId } = ownerFilter(query)
    const { campaigns, total } = await readCampaigns(db, { clientId, limit, offset })
    return c.json({ data: campaigns.map(campaignJson), meta: { total } }, 200)
  })
}
