import { createRoute, z } from '@hono/zod-openapi'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { keepWhileUnchanged } from '../read-cache.ts'
import { endpoint } from '../router.ts'
import { binary } from './binary.ts'

const route = createRoute({
  method: 'get',
  path: '/videos/{job_id}/combined',
  tags: ['Videos'],
  summary: 'The finished film',
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: binary('video/mp4', 'The film', [
    'Unknown job, or its film is not finished',
    { error: 'Video not ready - job processing incomplete' },
  ]),
})

export function getCombined(deps: ApiDeps) {
  // A player asks for range after range.
  const known = keepWhileUnchanged(deps.changes, (id: number) => requireJob(deps.db, id))
  return endpoint(route, async (c) => {
    const job = await known(c.req.valid('param').job_id)
    if (job.status !== 'completed' || !job.videoHash || job.videoSize === null) {
      throw new ApiError(404, 'Video not ready - job processing incomplete')
    }
    return serveBlob(c, deps, {
      hash: job.videoHash,
      size: job.videoSize,
      contentType: 'video/mp4',
      disposition: 'inline',
      filename: `${job.videoName}.mp4`,
    })
  })
}
