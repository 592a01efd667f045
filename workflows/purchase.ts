/** A purchase: submit → wait → store, and again as long as the rules say that a failure is worth another attempt. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow'
import { light, submitting } from './activities.ts'
import { FAILURES, type PredictionRef, type Purchase } from './contract.ts'
import type { PredictionWaiter } from './predictions.ts'

/**
 * @param store keeps what the prediction made
 * @param submitted is told when the provider has a prediction
 * @throws ActivityFailure whose cause says why there is no output
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
      if (next === null) throw error
      attempt = next
    }
  }
}

function failedAs(type: string, error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined
  return cause instanceof ApplicationFailure && cause.type === type
}
