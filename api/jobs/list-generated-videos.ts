import { createRoute, z } from '@hono/zod-openapi'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { listFilms } from '../../prisma/queries/list-jobs.ts'
import type { ApiDeps } from '../deps.ts'
import { blankless, campaignFilter, clientFilter, ownerFilter, paging } from '../fields.ts'
import { json, plainRefusals, timestamp } from '../responses.ts'
import { endpoint } from '../router.ts'
import { JobJson } from './job-json.ts'

const GeneratedVideo = z
  .object({
    id: z.int(),
    job_id: z.int(),
    type: JobJson.shape.type,
    status: JobJson.shape.status,
    video_name: z.string(),
    campaign_id: z.uuid(),
    client_id: z.uuid(),
    video_url: z.string(),
    thumbnail_url: z.string().nullable(),
    size: z.int().nullable().openapi({ description: 'Bytes' }),
    duration: z.number().nullable().openapi({ description: 'Seconds' }),
    scene_count: z.int(),
    has_audio: z.boolean().openapi({ description: 'Whether music is in the film' }),
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
          count: z.int().openapi({ description: 'How many are on this page' }),
          total: z.int().openapi({ description: 'How many match, on all pages' }),
          limit: z.int(),
          offset: z.int(),
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
