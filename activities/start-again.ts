/** Jobs whose workflow Temporal does not know: its database was lost, or the rows were restored without it. */
import type { StillJob } from '../prisma/queries/owed-jobs.ts'
import { openRevisions } from '../prisma/queries/revisions.ts'
import type { ActivityDeps } from './deps.ts'

/**
 * Gives a job a new run that goes on from the rows, and finds there what is bought and done. One that an operator
 * terminated is known to Temporal, and is never started again.
 * @returns whether it was started
 */
export async function startAgain({ db, workflows }: ActivityDeps, { jobId, isCanceled }: StillJob): Promise<boolean> {
  if (isCanceled) return false
  const { status, decision } = await db.job.findUniqueOrThrow({ where: { id: jobId } })
  const open = await openRevisions(db, jobId)
  const isUnfinished = decision === 'approved' && (status === 'approved' || status === 'processing')
  if (!(isUnfinished || open.length > 0) || !(await workflows.isLost(jobId))) return false
  // A retry is what goes on with a film that had failed: the approval was done with then.
  if (isUnfinished && !open.some(({ kind }) => kind === 'retry')) await workflows.decided(jobId)
  for (const { number } of open) await workflows.revise(jobId, number)
  return true
}
