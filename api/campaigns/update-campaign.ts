import { createRoute, z } from '@hono/zod-openapi'
import { updateCampaign as changeCampaign, findCampaign } from '../../prisma/queries/campaigns.ts'
import { mayChangeBudget } from '../budgets/may-change-budget.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { jsonBody, uuidParam } from '../fields.ts'
import { namedJobs } from '../in-the-way.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint, type Handles } from '../router.ts'
import { CampaignChanges, CampaignJson, campaignColumns, campaignJson } from './campaign-json.ts'
import { requireClient } from './require-client.ts'

const described = {
  path: '/campaigns/{id}' as const,
  tags: ['Campaigns'],
  summary: 'Change the given fields of a campaign',
  description: 'To another client it moves with its assets; one that has jobs stays with its client.',
  request: { params: z.object({ id: uuidParam('Campaign') }), body: jsonBody(CampaignChanges) },
  responses: {
    200: json(z.object({ data: CampaignJson }), 'The campaign as it is now'),
    ...codedRefusals({
      404: 'Campaign not found',
      409: [
        'It has jobs, and is to move to another client',
        { message: 'The campaign stays with its client because of job 7: make another one' },
      ],
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
    const { id } = c.req.valid('param')
    mayChangeBudget(c, found(await findCampaign(db, id), 'Campaign'), columns)
    if (columns.clientId !== undefined) await requireClient(db, columns.clientId)
    const change = await changeCampaign(db, id, columns)
    if (change.outcome === 'unknown') throw new ApiError(404, 'Campaign not found')
    if (change.outcome === 'needed') {
      throw new ApiError(
        409,
        `The campaign stays with its client because of ${namedJobs(change.jobs)}: make another one`,
      )
    }
    return c.json({ data: campaignJson(change.campaign) }, 200)
  }
  return [endpoint(put, update), endpoint(patch, update)] as const
}
