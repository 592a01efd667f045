import { createRoute, z } from '@hono/zod-openapi'
import { filmOfVersion, videoVersion } from '../../prisma/queries/video-version.ts'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam, numeric } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { keepWhileUnchanged } from '../read-cache.ts'
import { endpoint } from '../router.ts'
import { binary, dispositionFor, toKeep } from './binary.ts'
import { finishedFilm, NOT_READY } from './finished-film.ts'

const route = createRoute({
  method: 'get',
  path: '/videos/{job_id}/combined',
  tags: ['Videos'],
  summary: 'The finished film',
  request: {
    params: z.object({ job_id: jobIdParam }),
    query: z.object({
      of: numeric(z.int().optional().catch(undefined)).openapi({
        type: 'integer',
        description:
          'The video_version that is meant: a player that shows it gets no part of the film that took its place. The newest when absent',
      }),
      ...toKeep,
    }),
  },
  responses: binary('video/mp4', 'The film', ['Unknown job, or its film is not finished', { error: NOT_READY }], {
    isLarge: true,
  }),
})

export function getCombined(deps: ApiDeps) {
  const { db, changes } = deps
  // A player asks for range after range.
  const known = keepWhileUnchanged(changes, async (id: number) => {
    const job = await requireJob(db, id)
    return { job, version: await videoVersion(db, job) }
  })
  return endpoint(route, async (c) => {
    const { of, ...how } = c.req.valid('query')
    const { job, version } = await known(c.req.valid('param').job_id)
    const newest = finishedFilm(job)
    const film = of === undefined || of === version ? newest : await filmOfVersion(db, job.id, of)
    if (!film) throw new ApiError(404, `Version ${of} of this film is not kept: version ${version} took its place`)
    return serveBlob(c, deps, {
      ...film,
      contentType: 'video/mp4',
      disposition: dispositionFor(how),
      isLarge: true,
      filename: `${job.videoName}.mp4`,
    })
  })
}
