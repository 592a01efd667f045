import { createRoute, z } from '@hono/zod-openapi'
import { findCampaign } from '../../prisma/queries/campaigns.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { uuidParam } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { CampaignJson, campaignJson } from './campaign-json.ts'

const route = createRoute({
  method: 'get',
  path: '/campaigns/{id}',
  tags: ['Campaigns'],
  summary: 'One campaign',
  request: { params: z.object({ id: uuidParam('Campaign') }) },
  responses: {
    200: json(z.object({ data: CampaignJson }), 'The campaign'),
    ...codedRefusals({ 404: 'Campaign not found' }),
  },
})

export function getCampaign({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const campaign = found(await findCampaign(db, c.req.valid('param').id), 'Campaign')
    return c.json({ data: campaignJson(campaign) }, 200)
  })
}
