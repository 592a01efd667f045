/** Jobs whose workflow an operator terminated, that Temporal lost, or that failed over what it had running. */
import { markEnded } from '../prisma/queries/decisions.ts'
import type { StillJob } from '../prisma/queries/owed-jobs.ts'
import { cancelJob } from './cancel-job.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { tellSubscribers } from './tell-subscribers.ts'

/**
 * Ends what a job has running whose workflow an operator terminated, and then marks it. It is never started again, but
 * by a revision: what one that was queued since that look goes on with stays.
 * @returns whether there was anything to end
 */
export async function endAbandoned(deps: ActivityDeps, { jobId, isCanceled, revision }: StillJob): Promise<boolean> {
  const { db, workflows } = deps
  if (!(await workflows.hasEnded(jobId))) return false
  if (isCanceled) {
    await cancelJob(deps)({ jobId })
    return true
  }
  // Canceled first, marked then: only a failed job is retried, so a retry meets nothing that is about to be canceled.
  const asSeen = { revisions: { none: { number: { gt: revision } } } }
  const canceled = await endPredictions(deps, { jobId, job: asSeen }, "The job's workflow has ended.")
  const isMarked = await markEnded(db, jobId, revision)
  if (isMarked) await tellSubscribers(deps, jobId)
  return isMarked || canceled > 0
}
