import { createRoute, z } from '@hono/zod-openapi'
import { updateCampaign as changeCampaign } from '../../prisma/queries/campaigns.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { jsonBody, uuidParam } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint, type Handles } from '../router.ts'
import { CampaignChanges, CampaignJson, campaignColumns, campaignJson } from './campaign-json.ts'
import { requireClient } from './require-client.ts'

const described = {
  path: '/campaigns/{id}' as const,
  tags: ['Campaigns'],
  summary: 'Change the given fields of a campaign',
  request: { params: z.object({ id: uuidParam('Campaign') }), body: jsonBody(CampaignChanges) },
  responses: {
    200: json(z.object({ data: CampaignJson }), 'The campaign as it is now'),
    ...codedRefusals({
      404: 'Campaign not found',
      422: ['A field is wrong', { message: 'Validation failed', details: { name: ['is required'] } }],
    }),
  },
}
const put = createRoute({ method: 'put', ...described })
const patch = createRoute({ method: 'patch', ...described })

/** PUT does what PATCH does, as it always did here: a field that is absent stays as it is. */
export function updateCampaign({ db }: ApiDeps) {
  const update: Handles<typeof patch> = async (c) => {
    const columns = campaignColumns(c.req.valid('json'))
    if (columns.clientId !== undefined) await requireClient(db, columns.clientId)
    const campaign = found(await changeCampaign(db, c.req.valid('param').id, columns), 'Campaign')
    return c.json({ data: campaignJson(campaign) }, 200)
  }
  return [endpoint(put, update), endpoint(patch, update)] as const
}
