import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { jobId } from '../ids.ts'
import { requireJob } from '../jobs/require-job.ts'
import { json, plainRefusals, timestamp } from '../responses.ts'
import { endpoint } from '../router.ts'

const Answer = z
  .object({
    job_id: jobId,
    audio_status: z.object({
      status: z.enum(['not_started', 'processing', 'completed', 'failed']).openapi({ example: 'completed' }),
      generated_at: timestamp.nullable(),
      size: z.int().nullable().openapi({ description: 'Bytes', example: 96_512 }),
      merged_with_video: z.boolean().openapi({ example: true }),
      error: z.string().nullable().openapi({ example: null }),
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
    const audioStatus = {
      status: (job.audioStatus ?? 'not_started') as 'not_started' | 'processing' | 'completed' | 'failed',
      generated_at: job.audioGeneratedAt?.toISOString() ?? null,
      size: job.audioSize,
      merged_with_video: job.audioMerged,
      error: job.audioError,
    }
    return c.json({ job_id: job.id, audio_status: audioStatus }, 200)
  })
}
