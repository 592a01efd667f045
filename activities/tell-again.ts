/** Decisions that were sent, and that Temporal knows nothing of any more: a power cut takes its last moments, and not the rows'. */
import type { StillJob } from '../prisma/queries/owed-jobs.ts'
import { advanceUnended } from '../prisma/queries/progress.ts'
import { openRevisions } from '../prisma/queries/revisions.ts'
import { inTransaction } from '../prisma/statements.ts'
import type { ActivityDeps } from './deps.ts'

/**
 * Sends an approval again that the rows have seen nothing of, unless its workflow has heard it: its purchases then only wait
 * for their turn, which the rows show from now on.
 * @returns whether it was sent
 */
export async function tellAgain({ db, workflows }: ActivityDeps, jobId: number): Promise<boolean> {
  if (await workflows.isBuying(jobId)) {
    await inTransaction(db, jobId, (tx) => advanceUnended(tx, jobId, 'starting_render'))
    return false
  }
  await workflows.decided(jobId)
  return true
}

/**
 * Sends the decision again that a job's workflow acts on no more: the approval of a job that has begun and does not move, where
 * the workflow waits to be told something, and the cancellation of one that has something open, where it runs. What was bought
 * is found in the ledger.
 * @returns whether it was sent
 */
export async function tellForgotten(deps: ActivityDeps, { jobId, isCanceled }: StillJob): Promise<boolean> {
  const { db, workflows } = deps
  const isForgotten = isCanceled ? !(await workflows.hasEnded(jobId)) : await waitsForApproval(deps, jobId)
  if (!isForgotten) return false
  await workflows.decided(jobId)
  await db.job.update({ where: { id: jobId }, data: { updatedAt: new Date() } })
  return true
}

/** One that a retry goes on with was done with its approval. */
async function waitsForApproval({ db, workflows }: ActivityDeps, jobId: number): Promise<boolean> {
  const { status, decision } = await db.job.findUniqueOrThrow({ where: { id: jobId } })
  if (status !== 'processing' || decision !== 'approved') return false
  const open = await openRevisions(db, jobId)
  return !open.some(({ kind }) => kind === 'retry') && (await workflows.isIdle(jobId))
}
