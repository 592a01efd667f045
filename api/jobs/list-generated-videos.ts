import { createRoute, z } from '@hono/zod-openapi'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { listFilms } from '../../prisma/queries/list-jobs.ts'
import type { ApiDeps } from '../deps.ts'
import { blankless, campaignFilter, clientFilter, ownerFilter, paging } from '../fields.ts'
import { campaignId, clientId, jobId } from '../ids.ts'
import { json, plainRefusals, shownLimit, shownOffset, timestamp, total } from '../responses.ts'
import { endpoint } from '../router.ts'
import { JobJson } from './job-json.ts'

const GeneratedVideo = z
  .object({
    id: jobId,
    job_id: jobId,
    type: JobJson.shape.type,
    status: JobJson.shape.status.openapi({ example: 'completed' }),
    video_name: JobJson.shape.video_name,
    campaign_id: campaignId,
    client_id: clientId,
    video_url: z.string().openapi({ example: '/api/v3/videos/7/combined' }),
    thumbnail_url: z.string().nullable().openapi({ example: '/api/v3/videos/7/thumbnail' }),
    size: z.int().nullable().openapi({ description: 'Bytes', example: 4_812_201 }),
    duration: z.number().nullable().openapi({ description: 'Seconds', example: 6 }),
    scene_count: z.int().openapi({ example: 1 }),
    has_audio: z.boolean().openapi({ description: 'Whether music is in the film', example: true }),
    inserted_at: timestamp,
    updated_at: timestamp,
  })
  .openapi('GeneratedVideo')

const jobFilter = blankless(z.string().trim().optional()).openapi({ type: 'integer' })

const route = createRoute({
  method: 'get',
  path: '/generated-videos',
  tags: ['Videos'],
  summary: 'Finished films, newest first',
  request: {
    query: z.object({
      job_id: jobFilter,
      jobId: jobFilter.openapi({ description: 'The same as job_id, which wins' }),
      ...campaignFilter,
      ...clientFilter,
      ...paging,
    }),
  },
  responses: {
    200: json(
      z.object({
        data: z.array(GeneratedVideo),
        meta: z.object({
          count: z.int().openapi({ description: 'How many are on this page', example: 1 }),
          total,
          limit: shownLimit,
          offset: shownOffset,
        }),
      }),
      'One page of those that match',
    ),
    ...plainRefusals({ 400: 'A filter is wrong' }),
  },
})

export function listGeneratedVideos({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { job_id, jobId, limit, offset, ...query } = c.req.valid('query')
    const filter = { id: askedJob(job_id ?? jobId), ...ownerFilter(query) }
    const { jobs, total } = await listFilms(db, filter, { limit, offset })
    return c.json({ data: jobs.map(generatedVideo), meta: { count: jobs.length, total, limit, offset } }, 200)
  })
}

/** What is no id finds nothing, like one that is unknown. */
function askedJob(id: string | undefined): number | undefined {
  if (id === undefined) return undefined
  return /^\d{1,9}$/.test(id) ? Number(id) : 0
}

function generatedVideo(job: JobWithScenes): z.infer<typeof GeneratedVideo> {
  const video = `/api/v3/videos/${job.id}`
  return {
    id: job.id,
    job_id: job.id,
    type: job.type as z.infer<typeof GeneratedVideo>['type'],
    status: 'completed',
    video_name: job.videoName,
    campaign_id: job.campaignId,
    client_id: job.clientId,
    video_url: `${video}/combined`,
    thumbnail_url: job.thumbnailHash && `${video}/thumbnail`,
    size: job.videoSize,
    duration: job.videoDuration,
    scene_count: job.scenes.length,
    has_audio: job.audioMerged,
    inserted_at: job.insertedAt.toISOString(),
    updated_at: job.updatedAt.toISOString(),
  }
}
