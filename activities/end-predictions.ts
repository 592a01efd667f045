/** Cancels at the provider what was bought, or may have been, and nobody waits for any more. */
import type { Prisma } from '../prisma/client.ts'
import { settlePrediction } from '../prisma/queries/ledger.ts'
import { ProviderError } from '../providers/ports.ts'
import type { ActivityDeps } from './deps.ts'
import { reconcileIntent } from './reconcile-intent.ts'

/**
 * @param which those that this fits when their turn comes: a retry may have taken one up since
 * @param reason what the ledger says of why they ended
 * @returns how many these were
 */
export async function endPredictions(
  deps: ActivityDeps,
  which: Pick<Prisma.PredictionWhereInput, 'OR' | 'attempt' | 'job' | 'jobId' | 'sceneId' | 'subject'>,
  reason: string,
): Promise<number> {
  const { db } = deps
  const open: Prisma.PredictionWhereInput = { ...which, state: { in: ['intent', 'submitted'] } }
  let ended = 0
  for (const { id } of await db.prediction.findMany({ where: open, select: { id: true } })) {
    const prediction = await db.prediction.findFirst({ where: { ...open, id } })
    if (!prediction) continue
    // A POST whose answer was lost may have bought it after all: look, and wait for that look if need be.
    if (!prediction.providerId && prediction.postedAt) await reconcileIntent(deps, prediction)
    const { providerId } = await db.prediction.findUniqueOrThrow({ where: { id } })
    if (providerId) await cancelAtProvider(deps, providerId)
    await settlePrediction(db, id, 'canceled', { error: reason })
    ended++
  }
  return ended
}

/** What can't be canceled, because it is gone or the key is not valid any more, must not keep the job from ending. */
async function cancelAtProvider({ provider, log }: ActivityDeps, providerId: string): Promise<void> {
  try {
    await provider.cancel(providerId)
  } catch (error) {
    if (!(error instanceof ProviderError) || error.failure.retryAfterSeconds !== null) throw error
    log.warn({ err: error, providerId }, 'a prediction could not be canceled at the provider')
  }
}
