import { createRoute, z } from '@hono/zod-openapi'
import { JobSettings, segmentsToBuy } from '../../domain/settings.ts'
import type { Job, JobWithScenes } from '../../prisma/queries/jobs.ts'
import { musicPriceMicroUsd } from '../../providers/music-models.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { jobId } from '../ids.ts'
import { usd } from '../jobs/job-json.ts'
import { requireJob } from '../jobs/require-job.ts'
import { json, plainRefusals, timestamp } from '../responses.ts'
import { endpoint } from '../router.ts'

const AudioState = z.enum(['not_started', 'processing', 'completed', 'failed'])

const Answer = z
  .object({
    job_id: jobId,
    audio_status: z.object({
      status: AudioState.openapi({ example: 'completed' }),
      generated_at: timestamp.nullable(),
      size: z.int().nullable().openapi({ description: 'Bytes', example: 96_512 }),
      merged_with_video: z.boolean().openapi({ example: true }),
      error: z.string().nullable().openapi({ example: null }),
      render_cost: z.number().openapi({ description: 'USD, of making it once', example: 0.13 }),
    }),
  })
  .openapi('AudioStatus')

const route = createRoute({
  method: 'get',
  path: '/audio/status/{job_id}',
  tags: ['Audio'],
  summary: "What became of a job's music",
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: { 200: json(Answer, 'Its state'), ...plainRefusals({ 404: 'Job not found' }) },
})

export function getAudioStatus({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const job = await requireJob(db, c.req.valid('param').job_id)
    const status = statusOf(job)
    const audioStatus = {
      status,
      generated_at: job.audioGeneratedAt?.toISOString() ?? null,
      size: job.audioSize,
      merged_with_video: job.audioMerged,
      error: job.audioError ?? (status === 'failed' ? job.error : null),
      render_cost: usd(renderMicroUsd(job)),
    }
    return c.json({ job_id: job.id, audio_status: audioStatus }, 200)
  })
}

/** The user's own costs nothing. */
function renderMicroUsd({ settings, scenes }: JobWithScenes): number {
  const { music } = JobSettings.parse(settings)
  return segmentsToBuy({ ...music, auto: true }, scenes.length) * musicPriceMicroUsd()
}

/** Music that was asked for before the approval is made with the film: until then it is on its way, as was answered. */
function statusOf({ status, audioStatus, audioStartedAt }: Job): z.infer<typeof AudioState> {
  if (audioStatus) return AudioState.parse(audioStatus)
  if (!audioStartedAt) return 'not_started'
  return status === 'failed' ? 'failed' : 'processing'
}
