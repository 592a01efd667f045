import { createRoute, z } from '@hono/zod-openapi'
import { AUDIO_ERROR_STRATEGIES, AUDIO_SYNC_MODES, JobSettings } from '../../domain/settings.ts'
import type { JobWithScenes, Scene } from '../../prisma/queries/jobs.ts'
import { type Queued, queueMusic } from '../../prisma/queries/revisions.ts'
import { musicMicroUsd, sceneEstimateMicroUsd } from '../../providers/estimate.ts'
import { overrideField, withinBudgets } from '../budgets/within-budgets.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { body, boolean, inSnakeCase, jsonBody, nullable, numeric, text } from '../fields.ts'
import { answerToKeep } from '../idempotency/current-request.ts'
import { EXAMPLES, jobId } from '../ids.ts'
import { requireJob } from '../jobs/require-job.ts'
import { tellRevision } from '../jobs/tell-workflow.ts'
import { json, plainRefusals, timestamp } from '../responses.ts'
import { endpoint } from '../router.ts'

/** About what a segment takes at the provider; only for people who wait. */
const SECONDS_A_SEGMENT = 60

const AudioParams = z.object({
  fade_duration: numeric(z.number({ error: 'must be a number of seconds' }).min(0).max(10).default(1)),
  sync_mode: nullable(z.enum(AUDIO_SYNC_MODES).default('trim')),
  merge_with_video: boolean(z.boolean().default(false)),
  error_strategy: nullable(z.enum(AUDIO_ERROR_STRATEGIES).default('continue_with_silence')),
  prompt: text,
})

const Wish = body({
  job_id: numeric(z.number().int().positive().max(0x7fffffff).optional().catch(undefined)).openapi({ type: 'integer' }),
  audio_params: z
    .preprocess((params: z.input<typeof AudioParams> | null | undefined) => inSnakeCase(params ?? {}), AudioParams)
    .openapi({ type: 'object' }),
  override: overrideField,
}).openapi('AudioWish', {
  example: { job_id: EXAMPLES.job, audio_params: { sync_mode: 'trim', merge_with_video: true, prompt: 'Soft piano' } },
})

const Answer = z
  .object({
    job_id: jobId,
    status: z.literal('processing'),
    message: z.string().openapi({ example: 'Audio generation started' }),
    audio_status: z.object({
      started_at: timestamp,
      estimated_duration: z.number().openapi({ description: 'Seconds', example: 60 }),
    }),
  })
  .openapi('AudioStarted')

const route = createRoute({
  method: 'post',
  path: '/audio/generate-scenes',
  tags: ['Audio'],
  summary: "Make a job's music, for the first time or anew",
  description:
    'Of a job that waits for approval it is made with the film, and is in the price that is approved: the job is then ' +
    'at its next storyboard_version.',
  request: { body: jsonBody(Wish) },
  responses: {
    202: json(Answer, 'Begun'),
    ...plainRefusals({
      400: ['No job named', { error: 'Missing required parameter: job_id' }],
      404: 'Job not found',
      422: [
        'The job has no storyboard, has failed, its music is being made already, or may have been bought: resolve that first; or a budget has too little left',
        { error: "The job's music is being made already", job_id: EXAMPLES.job },
      ],
    }),
  },
})

export function generateScenes(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { job_id, audio_params: asked, override } = c.req.valid('json')
    if (!job_id) throw new ApiError(400, 'Missing required parameter: job_id')
    const job = await requireJob(deps.db, job_id)
    assertScorable(job)
    const settings = JobSettings.parse(job.settings)
    const music = {
      ...settings.music,
      auto: true,
      merge: asked.merge_with_video,
      syncMode: asked.sync_mode,
      errorStrategy: asked.error_strategy,
      fadeSeconds: asked.fade_duration,
      prompt: asked.prompt || null,
    }
    const startedAt = new Date()
    const wanted = { ...settings, music }
    const estimate = (scene: Scene) => sceneEstimateMicroUsd(wanted, scene)
    const price = () => musicMicroUsd(wanted, job.scenes.length)
    const by = c.var.caller
    const refusal = "The job's music can't be made"
    const estimated_duration = job.scenes.length * SECONDS_A_SEGMENT
    const audio_status = { started_at: startedAt.toISOString(), estimated_duration }
    const answer = { job_id, status: 'processing' as const, message: 'Audio generation started', audio_status }
    const keepAnswer = answerToKeep(202, () => answer)
    const queued = await withinBudgets(c, deps, { job, by, override, refusal }, (spender) =>
      queueMusic(deps.db, job, wanted, { by, startedAt, estimate, keepAnswer, spending: { ...spender, price } }),
    )
    // Before the approval there is nothing to tell: the plan is made from the settings then.
    if (queued.outcome === 'queued') await tellRevision(deps, queued.revision)
    else if (queued.outcome !== 'with the film') throw refused(job, queued)
    return c.json(answer, 202)
  })
}

function assertScorable(job: JobWithScenes): void {
  const refuse = (reason: string) =>
    new ApiError(422, reason, { extra: { job_id: job.id, current_status: job.status } })
  if (job.storyboardVersion === 0)
    throw refuse('The job has no storyboard yet, so there are no scenes to make music for')
  if (job.status === 'failed') throw refuse(`The job has failed, so there is no film to score: ${job.error}`)
  if (job.status === 'approved' || job.status === 'processing') {
    throw refuse('The film is being made: ask for its music once the job is completed')
  }
}

function refused({ id }: JobWithScenes, queued: Exclude<Queued, { outcome: 'queued' }>): ApiError {
  const reason = queued.outcome === 'refused' ? queued.reason : 'The job is not there any more'
  return new ApiError(422, reason, { extra: { job_id: id } })
}
