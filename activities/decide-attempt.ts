/** Whether a failed purchase is made again by itself. The decision is in the rows before anything is bought. */
import { AUTOMATIC_ATTEMPTS, type PredictionFailure, waitBeforeAttempt } from '../domain/prediction.ts'
import { countFailures, findPrediction } from '../prisma/queries/ledger.ts'
import { beginSceneAttempt } from '../prisma/queries/progress.ts'
import { revisionOfAttempt } from '../prisma/queries/scene-revisions.ts'
import { FAILURES, type Purchase } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { tryAgainIn } from './failures.ts'
import { keyOf } from './purchase-key.ts'

/**
 * @param purchase with the attempt that a person decided to make; 1 in histories from before that was told
 * @returns the attempt to make next, or null when a person has to decide
 * @throws ApplicationFailure to be tried again once the next attempt is due
 */
export const decideAttempt =
  ({ db, log }: ActivityDeps) =>
  async (purchase: Purchase & { first?: number }): Promise<number | null> => {
    const failed = await findPrediction(db, keyOf(purchase))
    if (!failed?.failure) return null
    const failure = failed.failure as PredictionFailure
    const revised = purchase.kind === 'scene' ? await revisionOfAttempt(db, purchase.sceneId, purchase.attempt) : null
    const first = revised?.firstAttempt ?? (purchase.kind === 'scene' ? undefined : purchase.first) ?? 1
    const variants = (purchase.kind === 'scene' ? purchase.variants : undefined) ?? 1
    const failures = await countFailures(db, failed, { first, variants })
    if (failures >= AUTOMATIC_ATTEMPTS[failure]) return null
    const next = purchase.attempt + variants
    const { jobId, subject, error, finishedAt } = failed
    const due = (finishedAt?.getTime() ?? 0) + waitBeforeAttempt(failure, failures) * 1000
    if (Date.now() < due) {
      const message = `Attempt ${purchase.attempt} failed, attempt ${next} is made at ${new Date(due).toISOString()}. ${error}`
      throw tryAgainIn((due - Date.now()) / 1000, FAILURES.attemptDue, message)
    }
    log.warn({ jobId, subject, attempt: next, reason: error }, 'a prediction failed and is bought again')
    if (purchase.kind === 'scene') {
      await beginSceneAttempt(db, purchase.sceneId, { from: purchase.attempt, to: next })
    }
    return next
  }
