import { createRoute, z } from '@hono/zod-openapi'
import { findClient } from '../../prisma/queries/clients.ts'
import { removeClient } from '../../prisma/queries/removals.ts'
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
  path: '/clients/{id}',
  tags: ['Clients'],
  summary: 'Delete a client with its campaigns, assets and keys',
  description: 'Jobs are never deleted along with it: a client that has some is refused.',
  request: { params: z.object({ id: uuidParam('Client') }) },
  responses: {
    204: { description: 'It is gone' },
    ...codedRefusals({
      404: 'Client not found',
      409: ['Jobs are in the way', { message: 'The client is needed by job 7: delete what it made first' }],
    }),
  },
})

export function deleteClient(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { id } = found(await findClient(deps.db, c.req.valid('param').id), 'Client')
    // What is in the way may be more than the caller may see.
    const removal = await asServer(() => removeClient(deps.db, id))
    if (removal.outcome === 'unknown') throw new ApiError(404, 'Client not found')
    if (removal.outcome === 'needed') {
      throw new ApiError(409, `The client is needed by ${namedJobs(removal.jobs)}: delete what it made first`)
    }
    await removeBlobs(deps, removal.blobs)
    return c.body(null, 204)
  })
}
