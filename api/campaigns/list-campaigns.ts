import { createRoute, z } from '@hono/zod-openapi'
import { listCampaigns as readCampaigns } from '../../prisma/queries/campaigns.ts'
import type { ApiDeps } from '../deps.ts'
import { idFilter } from '../fields.ts'
import { json } from '../responses.ts'
import type { Router } from '../router.ts'
import { CampaignJson, campaignJson } from './campaign-json.ts'

const route = createRoute({
  method: 'get',
  path: '/campaigns',
  tags: ['Campaigns'],
  summary: 'Every campaign, newest first',
  request: { query: z.object({ client_id: idFilter }) },
  responses: {
    200: json(z.object({ data: z.array(CampaignJson), meta: z.object({ total: z.int() }) }), 'The campaigns'),
  },
})

export function listCampaigns(router: Router, { db }: ApiDeps): void {
  router.openapi(route, async (c) => {
    const campaigns = await readCampaigns(db, { clientId: c.req.valid('query').client_id })
    return c.json({ data: campaigns.map(campaignJson), meta: { total: campaigns.length } }, 200)
  })
}
