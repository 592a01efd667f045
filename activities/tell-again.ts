/** Approvals that were sent, and that the rows have seen nothing of since then. */
import { advanceUnended } from '../prisma/queries/progress.ts'
import { inTransaction } from '../prisma/statements.ts'
import type { ActivityDeps } from './deps.ts'

/**
 * Sends an approval again, unless its workflow is at work on it: its purchases then only wait for their turn, which the rows
 * show from now on.
 * @returns whether it was sent
 */
export async function tellAgain({ db, workflows }: ActivityDeps, jobId: number): Promise<boolean> {
  if (await workflows.isAtWork(jobId)) {
    await inTransaction(db, jobId, (tx) => advanceUnended(tx, jobId, 'starting_render'))
    return false
  }
  await workflows.decided(jobId)
  return true
}
