/** Approve, reject, cancel: the row decides at once, then the workflow is told. */
import { createRoute, z } from '@hono/zod-openapi'
import { roleSuffices } from '../../domain/role.ts'
import type { Database } from '../../prisma/client.ts'
import type { Spender } from '../../prisma/queries/budgets.ts'
import { approveJob, cancelJob, type Decider, rejectJob, WORKFLOW_ENDED } from '../../prisma/queries/decisions.ts'
import type { Job } from '../../prisma/queries/jobs.ts'
import { deciderName, requireRole } from '../auth/principal.ts'
import { OVER_BUDGET, overrideField, withinBudgets } from '../budgets/within-budgets.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { body, jobIdParam, text } from '../fields.ts'
import { answerToKeep } from '../idempotency/current-request.ts'
import { EXAMPLES, jobId } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint, type Handles } from '../router.ts'
import { JobJson } from './job-json.ts'
import { requireJobRow } from './require-job.ts'
import { expectedVersion, VERSION_CHANGED, versionChanged, versionField, versionHeader } from './storyboard-version.ts'
import { tellWorkflow } from './tell-workflow.ts'

/** About when it is worth asking again whether a storyboard is written. */
const LOOK_AGAIN_IN_SECONDS = 2

interface Verb {
  name: 'approve' | 'reject' | 'cancel'
  past: 'approved' | 'rejected' | 'canceled'
  /** What the job's status is afterwards. */
  status: 'approved' | 'failed'
  decide: (db: Database, jobId: number, decider: Decider, seen: Seen) => Promise<boolean>
}

/** What the decision holds for: the job may have become another since it was looked at. */
interface Seen {
  /** Of an approval. */
  storyboardVersion: number | undefined
  /** Of an approval. */
  spender?: Spender
  /** Of a cancellation by somebody who may end no approved job; else undefined. */
  statuses: readonly string[] | undefined
}

const APPROVE: Verb = {
  ...{ name: 'approve', past: 'approved', status: 'approved' },
  decide: approveJob,
}
const REJECT: Verb = { name: 'reject', past: 'rejected', status: 'failed', decide: rejectJob }
const CANCEL: Verb = {
  ...{ name: 'cancel', past: 'canceled', status: 'failed' },
  decide: (db, jobId, decider, { statuses }) => cancelJob(db, jobId, decider, statuses),
}

const Decision = body({
  ...{ by: text, note: text, reason: text, storyboard_version: versionField },
  override: overrideField,
}).openapi('Decision', { example: { by: 'Anna', note: 'Go ahead', storyboard_version: 1 } })
const Decided = z
  .object({
    message: z.string().openapi({ example: 'Job approved successfully' }),
    job_id: jobId,
    status: JobJson.shape.status.openapi({ example: 'approved' }),
  })
  .openapi('Decided')

const AGAIN = {
  'Retry-After': {
    description: 'Seconds; only while the storyboard is being written',
    schema: { type: 'integer' as const },
    example: LOOK_AGAIN_IN_SECONDS,
  },
}

const described = ({ past }: Verb) => {
  const refusals = plainRefusals({
    404: 'Job not found',
    422:
      past === 'approved'
        ? [
            "The job can't be approved any more, or not yet (Retry-After says when to ask again), or a budget has too little left",
            { error: 'Job cannot be approved', job_id: EXAMPLES.job, current_status: 'pending', ...OVER_BUDGET },
          ]
        : [
            `The job can't be ${past} any more`,
            {
              error: `Job cannot be ${past}`,
              job_id: EXAMPLES.job,
              current_status: 'completed',
              reason: 'It has ended: completed',
            },
          ],
  })
  return {
    tags: ['Jobs'],
    request: {
      params: z.object({ id: jobIdParam }),
      headers: versionHeader,
      body: { required: false, content: { 'application/json': { schema: Decision } } },
    },
    responses: {
      200: json(Decided, `The job is ${past}`),
      ...refusals,
      ...(past === 'approved' && {
        ...plainRefusals({
          400: ['If-Match is no version', { error: 'If-Match takes one storyboard_version, such as "3"' }],
          409: ['The storyboard is another than the one that was seen', VERSION_CHANGED],
        }),
        422: { ...refusals[422], headers: AGAIN },
      }),
    },
  }
}
const approve = createRoute({
  method: 'post',
  path: '/jobs/{id}/approve',
  summary: 'Start the rendering',
  ...described(APPROVE),
})
const reject = createRoute({
  method: 'post',
  path: '/jobs/{id}/reject',
  summary: 'End a job that waits for approval',
  ...described(REJECT),
})
const cancel = createRoute({
  method: 'post',
  path: '/jobs/{id}/cancel',
  summary: 'End a job, and what it has running',
  ...described(CANCEL),
})

export function decideJob(deps: ApiDeps) {
  return [
    endpoint(approve, decideAs(deps, APPROVE)),
    endpoint(reject, decideAs(deps, REJECT)),
    endpoint(cancel, decideAs(deps, CANCEL)),
  ] as const
}

function decideAs(deps: ApiDeps, { name, past, status, decide }: Verb): Handles<typeof approve> {
  return async (c) => {
    const { id } = c.req.valid('param')
    const wish = c.req.valid('json') ?? {}
    const job = await requireJobRow(deps.db, id)
    const mayEndApproved = roleSuffices(c.var.principal.role, 'approver')
    // Before the approval ending a job costs nothing; afterwards it gives up what was spent.
    const checkRole = ({ status }: Job) => {
      if (name === 'cancel' && status !== 'pending') requireRole(c, 'approver', 'Canceling an approved job')
    }
    checkRole(job)
    const answer = { message: `Job ${past} successfully`, job_id: id, status }
    const decider = {
      ...{ by: deciderName(c, wish.by), note: wish.note || wish.reason || null },
      keepAnswer: answerToKeep(200, () => answer),
    }
    // Of what changes between this look and the decision nobody would have approved.
    const storyboardVersion =
      name === 'approve' ? (expectedVersion(c, wish.storyboard_version) ?? job.storyboardVersion) : undefined
    const seen = { storyboardVersion, statuses: mayEndApproved ? undefined : ['pending'] }
    const asked = { job, by: decider.by, override: wish.override, refusal: `Job cannot be ${past}` }
    const isDecided =
      name === 'approve'
        ? await withinBudgets(c, deps, asked, (spender) => decide(deps.db, id, decider, { ...seen, spender }))
        : await decide(deps.db, id, decider, seen)
    if (!isDecided) {
      const now = await requireJobRow(deps.db, job.id)
      checkRole(now)
      throw tooLate(now, past, storyboardVersion)
    }
    await tellWorkflow(deps, id)
    // Telling may have found that the workflow was terminated: then this decision came to nothing.
    const told = await requireJobRow(deps.db, id)
    if (told.error === WORKFLOW_ENDED) throw tooLate(told, past, undefined)
    return c.json(answer, 200)
  }
}

function tooLate(job: Job, past: string, seen: number | undefined): ApiError {
  const { status, storyboardVersion } = job
  if (seen !== undefined && status === 'pending' && storyboardVersion > 0 && storyboardVersion !== seen) {
    return versionChanged(job)
  }
  return new ApiError(422, `Job cannot be ${past}`, {
    extra: { job_id: job.id, current_status: job.status, reason: reasonWhyNot(job, past) },
    ...(status === 'pending' && { retryAfterSeconds: LOOK_AGAIN_IN_SECONDS }),
  })
}

function reasonWhyNot(job: Job, past: string): string {
  if (job.status === 'pending') {
    return `Its storyboard is still being written: ask again in ${LOOK_AGAIN_IN_SECONDS} s, or once GET /jobs/${job.id} says storyboard_ready`
  }
  if (job.canceledAt) return `It was canceled by ${job.canceledBy ?? 'someone unnamed'}`
  if (job.decision === past) return `It was ${past} already, by ${job.decidedBy ?? 'someone unnamed'}`
  if (job.status === 'completed' || job.status === 'failed') return `It has ended: ${job.error ?? job.stage}`
  return `It was ${job.decision ?? 'decided'} already, by ${job.decidedBy ?? 'someone unnamed'}`
}
