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
  const { status, decision, storyboardVersion } = await db.job.findUniqueOrThrow({ where: { id: jobId } })
  const open = await openRevisions(db, jobId)
  const isUnfinished = decision === 'approved' && (status === 'approved' || status === 'processing')
  const isUnwritten = status === 'pending' && storyboardVersion === 0
  if (!(isUnfinished || isUnwritten || open.length > 0) || !(await workflows.isLost(jobId))) return false
  // What a retry of it asks for begins with the storyboard.
  if (isUnwritten && open.length === 0) await workflows.start(jobId)
  // A retry is what goes on with a film that had failed: the approval was done with then.
  if (isUnfinished && !open.some(({ kind }) => kind === 'retry')) await workflows.decided(jobId)
  for (const { number } of open) await workflows.revise(jobId, number)
  // A run that waits for its turn moves nothing: the next look is for those behind it.
  await db.job.update({ where: { id: jobId }, data: { updatedAt: new Date() } })
  return true
}
