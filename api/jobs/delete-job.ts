import { createRoute, z } from '@hono/zod-openapi'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { removeJob } from '../../prisma/queries/removals.ts'
import { openRevisions } from '../../prisma/queries/revisions.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { removeBlobs } from '../remove-blobs.ts'
import { plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { requireJob } from './require-job.ts'
import { tellWorkflow } from './tell-workflow.ts'

const route = createRoute({
  method: 'delete',
  path: '/jobs/{id}',
  tags: ['Jobs'],
  summary: 'Delete a job with its film, clips, music and notes',
  description: 'What it cost stays in the figures. A job that waits for approval is canceled with it.',
  request: { params: z.object({ id: jobIdParam }) },
  responses: {
    204: { description: 'It is gone' },
    ...plainRefusals({
      404: 'Job not found',
      409: [
        'It runs',
        {
          error: 'The job is running: cancel it, or wait until it has ended',
          job_id: EXAMPLES.job,
          current_status: 'processing',
        },
      ],
    }),
  },
})

export function deleteJob(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const job = await requireJob(deps.db, c.req.valid('param').id)
    const removal = await removeJob(deps.db, job.id, c.var.caller)
    if (removal.outcome === 'needed') {
      throw new ApiError(409, await whyNot(deps, job), { extra: { job_id: job.id, current_status: job.status } })
    }
    if (removal.outcome === 'unknown') throw new ApiError(404, 'Job not found', { extra: { job_id: job.id } })
    if (job.status === 'pending') await tellWorkflow(deps, job.id)
    await removeBlobs(deps, removal.blobs)
    return c.body(null, 204)
  })
}

const WORK: Record<string, string> = {
  regenerate: 'A scene of it is being rendered again',
  finalize: 'It is being rendered in full quality',
  choose: 'It is being put together with another take',
}

/** What is made of a completed job can't be canceled: its film has been paid for, and stays. */
async function whyNot({ db }: ApiDeps, { id, status }: JobWithScenes): Promise<string> {
  if (status !== 'completed') return 'The job is running: cancel it, or wait until it has ended'
  const [first] = await openRevisions(db, id)
  return `${WORK[first?.kind ?? ''] ?? 'Its music is being made'}: wait until that has ended`
}
