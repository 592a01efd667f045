import { createRoute, z } from '@hono/zod-openapi'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { keepWhileUnchanged } from '../read-cache.ts'
import { endpoint } from '../router.ts'
import { binary } from './binary.ts'
import { finishedFilm, NOT_READY } from './finished-film.ts'

const route = createRoute({
  method: 'get',
  path: '/videos/{job_id}/combined',
  tags: ['Videos'],
  summary: 'The finished film',
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: binary('video/mp4', 'The film', ['Unknown job, or its film is not finished', { error: NOT_READY }], {
    isLarge: true,
  }),
})

export function getCombined(deps: ApiDeps) {
  // A player asks for range after range.
  const known = keepWhileUnchanged(deps.changes, (id: number) => requireJob(deps.db, id))
  return endpoint(route, async (c) => {
    const job = await known(c.req.valid('param').job_id)
    return serveBlob(c, deps, {
      ...finishedFilm(job),
      contentType: 'video/mp4',
      disposition: 'inline',
      isLarge: true,
      filename: `${job.videoName}.mp4`,
    })
  })
}
