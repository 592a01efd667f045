import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { endpoint } from '../router.ts'
import { binary } from './binary.ts'
import { serveStill } from './serve-still.ts'

const route = createRoute({
  method: 'get',
  path: '/videos/{job_id}/thumbnail',
  tags: ['Videos'],
  summary: 'A still of the film',
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: binary('image/jpeg', 'The still', [
    'Unknown job, or it has no film yet',
    { error: 'Thumbnail not found' },
  ]),
})

export function getThumbnail(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const job = await requireJob(deps.db, c.req.valid('param').job_id)
    return serveStill(c, deps, job.thumbnailHash)
  })
}
