/** Finds out what became of a POST whose answer was lost. */
import type { Prediction } from '../prisma/queries/jobs.ts'
import { markSubmitted, settlePrediction } from '../prisma/queries/ledger.ts'
import { ProviderError, type ProviderPrediction } from '../providers/ports.ts'
import { carriesToken } from '../providers/purchase-token.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { tryAgainIn, tryOnceMended } from './failures.ts'

/** The provider's clock and ours may differ by this. */
const CLOCK_SKEW_MS = 2 * 60_000
/** The provider forgets inputs after an hour; an intent older than this can't be looked for safely any more. */
const FORGOTTEN_AFTER_MS = 50 * 60_000

/** `adopted`: the list had it; `free`: nothing was bought, it may be posted; `unknown`: it can't be known any more. */
export type IntentOutcome = 'adopted' | 'free' | 'unknown'

/**
 * Waits until a stalled POST can't arrive any more, then looks in the provider's list for the prediction that carries
 * this intent's marker. Looking first and posting at once would buy two when the first POST was merely slow.
 * @throws ApplicationFailure to be tried again once the wait is over, or the provider's list can be read again
 */
export async function reconcileIntent(deps: ActivityDeps, intent: Prediction): Promise<IntentOutcome> {
  const { db, log, config } = deps
  const now = Date.now()
  const quietAt = (intent.leaseUntil?.getTime() ?? 0) + config.predictions.settleSeconds * 1000
  if (now < quietAt) {
    throw tryAgainIn((quietAt - now) / 1000, FAILURES.outcomePending, 'An earlier POST may still be under way.')
  }
  const postedAt = intent.postedAt ?? intent.insertedAt
  const isForgotten = now - postedAt.getTime() > FORGOTTEN_AFTER_MS
  const orphan = await findOrphan(deps, intent, new Date(postedAt.getTime() - CLOCK_SKEW_MS)).catch(
    (error: unknown) => {
      // What may be paid for is neither given up nor bought again while nobody can look; in the end a person decides.
      if (!(error instanceof ProviderError)) throw error
      log.warn(
        { err: error, predictionId: intent.id },
        'a prediction that may have been bought could not be looked for',
      )
      if (isForgotten && error.failure.retryAfterSeconds === null) return null
      throw tryOnceMended(error.failure)
    },
  )
  if (orphan) {
    log.info({ jobId: intent.jobId, predictionId: intent.id, providerId: orphan.id }, 'adopted a prediction')
    await markSubmitted(db, intent.id, orphan.id)
    deps.figures.bought(intent.model, intent.priceMicroUsd / 1e6)
    return 'adopted'
  }
  if (isForgotten) {
    const error =
      'Whether this prediction was bought is not known: its POST was never answered, and the provider has forgotten. ' +
      'Look for it in the provider’s dashboard, then decide to adopt it, to pay again or to abandon it.'
    await settlePrediction(db, intent.id, 'unknown', { error })
    return 'unknown'
  }
  return 'free'
}

async function findOrphan(
  { provider }: ActivityDeps,
  { token, marker }: Prediction,
  since: Date,
): Promise<ProviderPrediction | null> {
  for await (const prediction of provider.list(since)) {
    if (carriesToken(prediction.input, token) || (marker && carriesToken(prediction.input, marker))) return prediction
  }
  return null
}
