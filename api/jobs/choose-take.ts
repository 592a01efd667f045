import { createRoute, z } from '@hono/zod-openapi'
import { queueChoice, type Revision } from '../../prisma/queries/revisions.ts'
import { deciderName } from '../auth/principal.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { body, jobIdParam, text, uuidParam } from '../fields.ts'
import { answerToKeep } from '../idempotency/current-request.ts'
import { EXAMPLES, jobId, sceneId } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { queuedOr } from './queued-or.ts'
import { requireJob } from './require-job.ts'
import { RevisionJson, revisionJson } from './revision-json.ts'
import { tellRevision } from './tell-workflow.ts'

const Wish = body({ by: text }).openapi('TakeChoice', { example: { by: 'Anna' } })

const attemptParam = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, { error: 'Take not found' })
  .transform(Number)
  .openapi({ type: 'integer', description: 'Of the take' })

const Answer = z
  .object({
    message: z.string().openapi({ example: 'Take chosen' }),
    job_id: jobId,
    scene_id: sceneId,
    attempt: z.int().openapi({ example: 1 }),
    estimated_cost: z.number().openapi({ description: 'USD: nothing is bought', example: 0 }),
    revision: RevisionJson,
  })
  .openapi('TakeChosen')

const route = createRoute({
  method: 'post',
  path: '/jobs/{job_id}/scenes/{scene_id}/takes/{attempt}/choose',
  tags: ['Scenes'],
  summary: 'Have the film show another take of a scene: it is put together anew, and nothing is bought',
  description:
    'The scene is again as it was when that take was rendered: its prompt, its pictures and its words go with it. ' +
    'The finished film is served until the new one takes its place in one step.',
  request: {
    params: z.object({ job_id: jobIdParam, scene_id: uuidParam('Scene'), attempt: attemptParam }),
    body: { required: false, content: { 'application/json': { schema: Wish } } },
  },
  responses: {
    202: json(Answer, 'It is queued'),
    ...plainRefusals({
      404: ['Unknown job, scene or take', { error: 'Take not found' }],
      422: [
        'There is no finished film, or it shows this take already',
        {
          error: 'Take cannot be chosen',
          job_id: EXAMPLES.job,
          current_status: 'completed',
          reason: 'The film shows this take already',
        },
      ],
    }),
  },
})

export function chooseTake(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { job_id, scene_id, attempt } = c.req.valid('param')
    const { by } = c.req.valid('json') ?? {}
    const job = await requireJob(deps.db, job_id)
    found(job.scenes.find(({ id }) => id === scene_id) ?? null, 'Scene')
    const answerOf = (revision: Revision) => {
      const answer = { message: 'Take chosen', job_id, scene_id, attempt, estimated_cost: 0 }
      return { ...answer, revision: revisionJson(revision) }
    }
    const asker = { by: deciderName(c, by), keepAnswer: answerToKeep(202, answerOf) }
    const queued = await queueChoice(deps.db, job_id, { sceneId: scene_id, attempt }, asker)
    if (queued.outcome === 'unknown') throw new ApiError(404, 'Take not found')
    const revision = queuedOr(queued, job, 'Take cannot be chosen')
    await tellRevision(deps, revision)
    return c.json(answerOf(revision), 202)
  })
}
