import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../../prisma/client.ts'
import { readBoughtAlready } from '../../prisma/queries/bought-already.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { queueRetry, type Revision } from '../../prisma/queries/revisions.ts'
import { retryMicroUsd } from '../../providers/estimate.ts'
import { deciderName } from '../auth/principal.ts'
import { overrideField, withinBudgets } from '../budgets/within-budgets.ts'
import type { ApiDeps } from '../deps.ts'
import { body, jobIdParam, text } from '../fields.ts'
import { answerToKeep } from '../idempotency/current-request.ts'
import { EXAMPLES, jobId } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { JobJson } from './job-json.ts'
import { queuedOr } from './queued-or.ts'
import { requireJob, requireJobRow } from './require-job.ts'
import { RevisionJson, revisionJson } from './revision-json.ts'
import { tellRevision } from './tell-workflow.ts'

const Wish = body({ by: text, override: overrideField }).openapi('Retry', { example: { by: 'Anna' } })
const Answer = z
  .object({
    message: z.string().openapi({ example: 'Job retry started' }),
    job_id: jobId,
    status: JobJson.shape.status,
    revision: RevisionJson,
  })
  .openapi('RetryStarted')

const route = createRoute({
  method: 'post',
  path: '/jobs/{id}/retry',
  tags: ['Jobs'],
  summary: 'Let a failed job go on; only what failed is paid for again',
  request: {
    params: z.object({ id: jobIdParam }),
    body: { required: false, content: { 'application/json': { schema: Wish } } },
  },
  responses: {
    202: json(Answer, 'It goes on'),
    ...plainRefusals({
      404: ['Unknown job', { error: 'Job not found', job_id: EXAMPLES.job }],
      422: [
        'It has not failed, it is final, a purchase of unknown outcome has to be resolved first, or a budget has too little left',
        {
          error: 'Job cannot be retried',
          job_id: EXAMPLES.job,
          current_status: 'completed',
          reason: 'Only a failed job is retried, and this one is completed',
        },
      ],
    }),
  },
})

export function retryJob(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { id } = c.req.valid('param')
    const wish = c.req.valid('json') ?? {}
    const job = await requireJob(deps.db, id)
    const refusal = 'Job cannot be retried'
    const by = deciderName(c, wish.by)
    const answerOf = async (revision: Revision, db: Db) => {
      const { status } = (await requireJobRow(db, id)) as { status: z.infer<typeof JobJson>['status'] }
      return { message: 'Job retry started', job_id: id, status, revision: revisionJson(revision) }
    }
    const keepAnswer = answerToKeep(202, answerOf)
    const queued = await withinBudgets(c, deps, { job, by, override: wish.override, refusal }, (spender) => {
      const price = async (tx: Db, row: JobWithScenes) => retryMicroUsd(row, await readBoughtAlready(tx, row)) ?? 0
      return queueRetry(deps.db, id, { by, keepAnswer, spending: { ...spender, price } })
    })
    const revision = queuedOr(queued, job, refusal)
    await tellRevision(deps, revision)
    return c.json(await answerOf(revision, deps.db), 202)
  })
}
