/** A purchase: submit → wait, and again as long as the rules say that a failure is worth another attempt. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow'
import { light, submitting } from './activities.ts'
import { FAILURES, type PredictionRef, type Purchase } from './contract.ts'
import type { PredictionWaiter } from './predictions.ts'

/**
 * @param submitted is told when the provider has a prediction
 * @throws ActivityFailure whose cause says why there is no output
 */
export async function buy(
  purchase: Purchase,
  predictions: PredictionWaiter,
  submitted: () => void = () => {},
): Promise<PredictionRef> {
  for (let { attempt } = purchase; ; ) {
    const current = { ...purchase, attempt }
    try {
      const prediction = await submitting.submitPrediction(current)
      submitted()
      await predictions.wait(prediction)
      return prediction
    } catch (error) {
      const next = predictionFailed(error) ? await light.decideAttempt(current) : null
      if (next === null) throw error
      attempt = next
    }
  }
}

function predictionFailed(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined
  return cause instanceof ApplicationFailure && cause.type === FAILURES.predictionFailed
}
