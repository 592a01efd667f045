import { createRoute, z } from '@hono/zod-openapi'
import { positionOfMusic } from '../../domain/prediction.ts'
import { JobSettings } from '../../domain/settings.ts'
import type { Job, Prediction } from '../../prisma/queries/jobs.ts'
import { listMusicPredictions } from '../../prisma/queries/ledger.ts'
import { musicMicroUsd } from '../../providers/estimate.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { jobId } from '../ids.ts'
import { AttemptJson, attemptJson } from '../jobs/attempt-json.ts'
import { requireJob } from '../jobs/require-job.ts'
import { json, plainRefusals, timestamp } from '../responses.ts'
import { endpoint } from '../router.ts'
import { usd } from '../usd.ts'

const AudioState = z.enum(['not_started', 'processing', 'completed', 'failed'])

const MusicAttemptJson = AttemptJson.extend({
  position: z.int().openapi({ description: 'Of the scene that it plays under, from 0', example: 0 }),
  soundtrack: z.int().openapi({ description: 'From 1, counting up whenever the music is made anew', example: 1 }),
}).openapi('MusicAttempt')

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
      attempts: z.array(MusicAttemptJson).openapi({ description: 'What was bought for it, oldest first' }),
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
      render_cost: usd(musicMicroUsd(JobSettings.parse(job.settings), job.scenes.length)),
      attempts: (await listMusicPredictions(db, job.id)).map(musicAttemptJson),
    }
    return c.json({ job_id: job.id, audio_status: audioStatus }, 200)
  })
}

const musicAttemptJson = (prediction: Prediction): z.infer<typeof MusicAttemptJson> => ({
  ...attemptJson(prediction),
  position: positionOfMusic(prediction.subject) ?? 0,
  soundtrack: prediction.soundtrack ?? 1,
})

/** Music that was asked for before the approval is made with the film: until then it is on its way, as was answered. */
function statusOf({ status, audioStatus, audioStartedAt }: Job): z.infer<typeof AudioState> {
  if (audioStatus) return AudioState.parse(audioStatus)
  if (!audioStartedAt) return 'not_started'
  return status === 'failed' ? 'failed' : 'processing'
}
