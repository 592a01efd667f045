/** Whether a failed purchase is made again by itself. The decision is in the rows before anything is bought. */
import { AUTOMATIC_ATTEMPTS, type PredictionFailure } from '../domain/prediction.ts'
import { countFailures, findPrediction } from '../prisma/queries/ledger.ts'
import { beginSceneAttempt } from '../prisma/queries/progress.ts'
import { revisionOfAttempt } from '../prisma/queries/scene-revisions.ts'
import type { Purchase } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { keyOf } from './purchase-key.ts'

/**
 * @param purchase with the attempt that a person decided to make; 1 in histories from before that was told
 * @returns the attempt to make next, or null when a person has to decide
 */
export const decideAttempt =
  ({ db, log }: ActivityDeps) =>
  async (purchase: Purchase & { first?: number }): Promise<number | null> => {
    const failed = await findPrediction(db, keyOf(purchase))
    if (!failed?.failure) return null
    const allowed = AUTOMATIC_ATTEMPTS[failed.failure as PredictionFailure]
    const revised = purchase.kind === 'scene' ? await revisionOfAttempt(db, purchase.sceneId, purchase.attempt) : null
    const first = revised?.firstAttempt ?? (purchase.kind === 'scene' ? undefined : purchase.first) ?? 1
    const variants = (purchase.kind === 'scene' ? purchase.variants : undefined) ?? 1
    if ((await countFailures(db, failed, { first, variants })) >= allowed) return null
    const next = purchase.attempt + variants
    const { jobId, subject, error } = failed
    log.warn({ jobId, subject, attempt: next, reason: error }, 'a prediction failed and is bought again')
    if (purchase.kind === 'scene') {
      await beginSceneAttempt(db, purchase.sceneId, { from: purchase.attempt, to: next })
    }
    return next
  }
