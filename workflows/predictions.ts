/** Waiting for predictions: slow looks by the server's timer, and one at once when a webhook hints at it. */
import { CancellationScope, condition } from '@temporalio/workflow'
import { polling } from './activities.ts'
import type { PredictionRef } from './contract.ts'

export interface PredictionWaiter {
  /** A webhook said that this prediction changed; it is only believed after a look. */
  hint(predictionId: string): void
  /** @throws ActivityFailure when the prediction failed, was canceled or hangs */
  wait(prediction: PredictionRef): Promise<void>
}

export function createPredictionWaiter(): PredictionWaiter {
  const hinted = new Set<string>()

  const endedOrHinted = async (prediction: PredictionRef): Promise<'ended' | 'hinted'> => {
    const scope = new CancellationScope()
    try {
      return await scope.run(() =>
        Promise.race([
          polling.awaitPrediction(prediction).then(() => 'ended' as const),
          condition(() => hinted.has(prediction.predictionId)).then(() => 'hinted' as const),
        ]),
      )
    } finally {
      // Whichever lost: a look that sleeps until its next try, or the watch for a hint.
      scope.cancel()
    }
  }

  return {
    hint: (predictionId) => void hinted.add(predictionId),
    wait: async (prediction) => {
      while ((await endedOrHinted(prediction)) === 'hinted') hinted.delete(prediction.predictionId)
    },
  }
}
