import { createRoute, z } from '@hono/zod-openapi'
import { listCampaigns } from '../../prisma/queries/campaigns.ts'
import { findClient } from '../../prisma/queries/clients.ts'
import { CampaignJson, campaignJson } from '../campaigns/campaign-json.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { optionalPaging, uuidParam } from '../fields.ts'
import { clientId } from '../ids.ts'
import { codedRefusals, json, total } from '../responses.ts'
import { endpoint } from '../router.ts'

const Campaigns = z.object({
  data: z.array(CampaignJson),
  meta: z.object({ total, client_id: clientId }),
})

const route = createRoute({
  method: 'get',
  path: '/clients/{id}/campaigns',
  tags: ['Clients', 'Campaigns'],
  summary: "A client's campaigns, newest first",
  request: { params: z.object({ id: uuidParam('Client') }), query: z.object(optionalPaging) },
  responses: {
    200: json(Campaigns, 'The campaigns'),
    ...codedRefusals({ 400: 'A parameter is wrong', 404: 'Client not found' }),
  },
})

export function listClientCampaigns({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const client = found(await findClient(db, c.req.valid('param').id), 'Client')
    const { campaigns, total } = await listCampaigns(db, { clientId: client.id, ...c.req.valid('query') })
    return c.json({ data: campaigns.map(campaignJson), meta: { total, client_id: client.id } }, 200)
  })
}
