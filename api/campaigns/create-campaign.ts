import { createRoute, z } from '@hono/zod-openapi'
import { createCampaign as insertCampaign } from '../../prisma/queries/campaigns.ts'
import type { ApiDeps } from '../deps.ts'
import { jsonBody } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { CampaignJson, campaignColumns, campaignJson, NewCampaign } from './campaign-json.ts'
import { requireClient } from './require-client.ts'

const route = createRoute({
  method: 'post',
  path: '/campaigns',
  tags: ['Campaigns'],
  summary: 'Create a campaign',
  request: { body: jsonBody(NewCampaign) },
  responses: {
    201: json(z.object({ data: CampaignJson }), 'The new campaign'),
    ...codedRefusals({
      422: ['A field is missing or wrong', { message: 'Validation failed', details: { name: ['is required'] } }],
    }),
  },
})

export function createCampaign({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const columns = campaignColumns(c.req.valid('json'))
    await requireClient(db, columns.clientId)
    return c.json({ data: campaignJson(await insertCampaign(db, columns)) }, 201)
  })
}
