/** Ends what a canceled job has bought and nobody waits for any more. */
import { cancelJob as decideToCancel } from '../prisma/queries/decisions.ts'
import { endScenes } from '../prisma/queries/progress.ts'
import { endRevisions } from '../prisma/queries/revisions.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { tellSubscribers } from './tell-subscribers.ts'

const REASON = 'The job was canceled.'

export const cancelJob =
  (deps: ActivityDeps) =>
  async ({ jobId }: { jobId: number }): Promise<void> => {
    // The API wrote the row before; a cancellation from the Temporal UI or CLI is written now.
    await decideToCancel(deps.db, jobId, { by: 'an operator in Temporal', note: null })
    await endPredictions(deps, { jobId }, REASON)
    await deps.db.$transaction(async (tx) => {
      await endScenes(tx, jobId, REASON)
      await endRevisions(tx, jobId, REASON)
      await tx.job.updateMany({
        where: { id: jobId, audioStatus: 'processing' },
        data: { audioStatus: 'failed', audioError: REASON },
      })
    })
    await tellSubscribers(deps, jobId)
  }
