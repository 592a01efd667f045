/** A purchase: submit → wait → store, and again as long as the rules say that a failure is worth another attempt. */
import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow'
import { light, submitting } from './activities.ts'
import { FAILURES, type PredictionRef, type Purchase } from './contract.ts'
import type { PredictionWaiter } from './predictions.ts'

/** A purchase that came to nothing: the attempt that was made last, so that none that was made since is blamed. */
export class PurchaseFailed extends Error {
  override readonly name = 'PurchaseFailed'
  readonly purchase: Purchase

  constructor(purchase: Purchase, cause: unknown) {
    super(`Attempt ${purchase.attempt} failed.`, { cause })
    this.purchase = purchase
  }
}

/**
 * @param store keeps what the prediction made
 * @param submitted is told when the provider has a prediction
 * @throws PurchaseFailed whose causes say why there is no output; a cancellation is thrown as it is
 */
export async function buy(
  purchase: Purchase,
  predictions: PredictionWaiter,
  store: (prediction: PredictionRef) => Promise<void>,
  submitted: () => void = () => {},
): Promise<void> {
  for (let { attempt } = purchase; ; ) {
    const current = { ...purchase, attempt }
    let worthAnother: string = FAILURES.predictionFailed
    try {
      const prediction = await submitting.submitPrediction(current)
      submitted()
      await predictions.wait(prediction)
      worthAnother = FAILURES.outputLost
      return await store(prediction)
    } catch (error) {
      const decision = { ...current, first: purchase.attempt }
      const next = failedAs(worthAnother, error) ? await light.decideAttempt(decision) : null
      if (next === null) throw isCancellation(error) ? error : new PurchaseFailed(current, error)
      attempt = next
    }
  }
}

function failedAs(type: string, error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined
  return cause instanceof ApplicationFailure && cause.type === type
}
