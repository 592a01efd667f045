import { createRoute, z } from '@hono/zod-openapi'
import { findCampaign } from '../../prisma/queries/campaigns.ts'
import { removeCampaign } from '../../prisma/queries/removals.ts'
import { asServer } from '../auth/caller-scope.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { uuidParam } from '../fields.ts'
import { namedJobs } from '../in-the-way.ts'
import { removeBlobs } from '../remove-blobs.ts'
import { codedRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'

const route = createRoute({
  method: 'delete',
  path: '/campaigns/{id}',
  tags: ['Campaigns'],
  summary: 'Delete a campaign with its assets',
  description: 'Jobs are never deleted along with it: a campaign that has some is refused.',
  request: { params: z.object({ id: uuidParam('Campaign') }) },
  responses: {
    204: { description: 'It is gone' },
    ...codedRefusals({
      404: 'Campaign not found',
      409: ['Jobs are in the way', { message: 'The campaign is needed by job 7: delete what it made first' }],
    }),
  },
})

export function deleteCampaign(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { id } = found(await findCampaign(deps.db, c.req.valid('param').id), 'Campaign')
    // What is in the way may be more than the caller may see.
    const removal = await asServer(() => removeCampaign(deps.db, id))
    if (removal.outcome === 'unknown') throw new ApiError(404, 'Campaign not found')
    if (removal.outcome === 'needed') {
      throw new ApiError(409, `The campaign is needed by ${namedJobs(removal.jobs)}: delete what it made first`)
    }
    await removeBlobs(deps, removal.blobs)
    return c.body(null, 204)
  })
}
