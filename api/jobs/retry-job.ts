import { createRoute, z } from '@hono/zod-openapi'
import { queueRetry } from '../../prisma/queries/revisions.ts'
import { deciderName } from '../auth/principal.ts'
import type { ApiDeps } from '../deps.ts'
import { body, jobIdParam, text } from '../fields.ts'
import { EXAMPLES, jobId } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { JobJson } from './job-json.ts'
import { queuedOr } from './queued-or.ts'
import { requireJob } from './require-job.ts'
import { RevisionJson, revisionJson } from './revision-json.ts'
import { tellRevision } from './tell-workflow.ts'

const Wish = body({ by: text }).openapi('Retry', { example: { by: 'Anna' } })
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
        'It has not failed, it is final, or a purchase of unknown outcome has to be resolved first',
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
    const { by } = c.req.valid('json') ?? {}
    const job = await requireJob(deps.db, id)
    const revision = queuedOr(await queueRetry(deps.db, id, { by: deciderName(c, by) }), job, 'Job cannot be retried')
    await tellRevision(deps, revision)
    const { status } = (await requireJob(deps.db, id)) as { status: z.infer<typeof JobJson>['status'] }
    return c.json({ message: 'Job retry started', job_id: id, status, revision: revisionJson(revision) }, 202)
  })
}
