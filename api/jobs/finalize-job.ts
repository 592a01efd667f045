import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../../prisma/client.ts'
import { readBoughtInFull } from '../../prisma/queries/bought-already.ts'
import { queueFinalize } from '../../prisma/queries/finalize.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import type { Revision } from '../../prisma/queries/revisions.ts'
import { finalizeMicroUsd } from '../../providers/estimate.ts'
import { deciderName } from '../auth/principal.ts'
import { overrideField, withinBudgets } from '../budgets/within-budgets.ts'
import type { ApiDeps } from '../deps.ts'
import { body, jobIdParam, text } from '../fields.ts'
import { answerToKeep } from '../idempotency/current-request.ts'
import { EXAMPLES, jobId } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { usd } from '../usd.ts'
import { queuedOr } from './queued-or.ts'
import { requireJob } from './require-job.ts'
import { RevisionJson, revisionJson } from './revision-json.ts'
import { tellRevision } from './tell-workflow.ts'

const Wish = body({ by: text, override: overrideField }).openapi('Finalizing', { example: { by: 'Anna' } })

const Answer = z
  .object({
    message: z.string().openapi({ example: 'Rendering in full quality started' }),
    job_id: jobId,
    estimated_cost: z.number().openapi({ description: 'USD, of every scene that is still to be bought', example: 4.8 }),
    revision: RevisionJson,
  })
  .openapi('FinalizingStarted')

const route = createRoute({
  method: 'post',
  path: '/jobs/{id}/finalize',
  tags: ['Jobs'],
  summary: 'Render a finished draft in full quality',
  description:
    'Every scene is rendered once, as the storyboard has it now, by its own model. The draft is served until the film takes ' +
    'its place in one step; its music stays. Asked for again after it failed, it pays only for what failed.',
  request: {
    params: z.object({ id: jobIdParam }),
    body: { required: false, content: { 'application/json': { schema: Wish } } },
  },
  responses: {
    202: json(Answer, 'It is queued'),
    ...plainRefusals({
      404: ['Unknown job', { error: 'Job not found', job_id: EXAMPLES.job }],
      422: [
        'It is no finished draft, it is being rendered in full quality already, a purchase of unknown outcome has to be resolved first, or a budget has too little left',
        {
          error: 'Job cannot be finalized',
          job_id: EXAMPLES.job,
          current_status: 'completed',
          reason: 'It is no draft: its film is in full quality',
        },
      ],
    }),
  },
})

export function finalizeJob(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { id } = c.req.valid('param')
    const wish = c.req.valid('json') ?? {}
    const job = await requireJob(deps.db, id)
    const by = deciderName(c, wish.by)
    const refusal = 'Job cannot be finalized'
    let estimated = 0
    const answerOf = (revision: Revision) => {
      const answer = { message: 'Rendering in full quality started', job_id: id, estimated_cost: usd(estimated) }
      return { ...answer, revision: revisionJson(revision) }
    }
    const keepAnswer = answerToKeep(202, answerOf)
    const queued = await withinBudgets(c, deps, { job, by, override: wish.override, refusal }, (spender) => {
      const price = async (tx: Db, row: JobWithScenes) => {
        const asked = finalizeMicroUsd(row, await readBoughtInFull(tx, id)) ?? 0
        estimated = Math.max(estimated, asked)
        return asked
      }
      return queueFinalize(deps.db, id, { by, keepAnswer, spending: { ...spender, price } })
    })
    const revision = queuedOr(queued, job, refusal)
    await tellRevision(deps, revision)
    return c.json(answerOf(revision), 202)
  })
}
