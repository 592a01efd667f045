import { createRoute, z } from '@hono/zod-openapi'
import { findAsset } from '../../prisma/queries/assets.ts'
import { removeAsset } from '../../prisma/queries/removals.ts'
import { asServer } from '../auth/caller-scope.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { uuidParam } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { namedJobs } from '../in-the-way.ts'
import { removeBlobs } from '../remove-blobs.ts'
import { plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'

const route = createRoute({
  method: 'delete',
  path: '/assets/{id}',
  tags: ['Assets'],
  summary: 'Delete an asset with its bytes; films that were made of it stay',
  request: { params: z.object({ id: uuidParam('Asset') }) },
  responses: {
    204: { description: 'It is gone' },
    ...plainRefusals({
      404: 'Asset not found',
      409: [
        'A job that has not ended uses it',
        {
          error: 'The asset is used by job 7: wait until that has ended, or take it out of the storyboard',
          job_ids: [EXAMPLES.job],
        },
      ],
    }),
  },
})

export function deleteAsset(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { id } = found(await findAsset(deps.db, c.req.valid('param').id), 'Asset')
    // What is in the way may be more than the caller may see.
    const removal = await asServer(() => removeAsset(deps.db, id))
    if (removal.outcome === 'unknown') throw new ApiError(404, 'Asset not found')
    if (removal.outcome === 'needed') {
      throw new ApiError(
        409,
        `The asset is used by ${namedJobs(removal.jobs)}: wait until that has ended, or take it out of the storyboard`,
        { extra: { job_ids: removal.jobs } },
      )
    }
    await removeBlobs(deps, removal.blobs)
    return c.body(null, 204)
  })
}
