import { createRoute, z } from '@hono/zod-openapi'
import { captionCues, webVtt } from '../../domain/captions.ts'
import { JobSettings } from '../../domain/settings.ts'
import { filmProfile } from '../../providers/film-profile.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { finishedFilm } from './finished-film.ts'

const EXAMPLE = 'WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nThe kitchen opens to the water\n'

const route = createRoute({
  method: 'get',
  path: '/videos/{job_id}/captions.vtt',
  tags: ['Videos'],
  summary: "The film's captions as WebVTT",
  description: 'Whether they are burned into the picture or a track of the film.',
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: {
    200: {
      description: 'The captions',
      content: { 'text/vtt': { schema: z.string().openapi({ example: EXAMPLE }) } },
    },
    ...plainRefusals({
      404: ['Unknown job, its film is not finished, or has no captions', { error: 'The film has no captions' }],
    }),
  },
})

export function getCaptions({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const job = await requireJob(db, c.req.valid('param').job_id)
    finishedFilm(job)
    const settings = JobSettings.parse(job.settings)
    const cues = settings.captions === 'off' ? [] : captionCues(job.scenes, filmProfile(settings).fps)
    if (cues.length === 0) throw new ApiError(404, 'The film has no captions')
    return c.body(webVtt(cues), 200, { 'content-type': 'text/vtt; charset=utf-8' })
  })
}
