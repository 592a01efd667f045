/** The soundtrack: segment after segment, each continuing the one before, then joined, fitted and merged. */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow'
import { light, media } from './activities.ts'
import { FAILURES, type MusicPlan } from './contract.ts'
import { reasonOf } from './failure.ts'
import type { PredictionWaiter } from './predictions.ts'
import { buy } from './purchase.ts'

/**
 * @param segmentDone is told after each segment
 * @throws ActivityFailure when the music fails and the plan says that the job then fails too
 */
export async function makeMusic(
  jobId: number,
  plan: MusicPlan,
  predictions: PredictionWaiter,
  segmentDone: () => void,
): Promise<void> {
  try {
    await light.beginMusic({ jobId })
    for (let position = 0; position < plan.segments; position++) {
      await makeSegment(jobId, position, plan, predictions)
      segmentDone()
    }
    await media.finishSoundtrack({ jobId })
  } catch (error) {
    if (isCancellation(error)) throw error
    const reason = reasonOf(error)
    await light.recordMusicFailure({ jobId, reason })
    if (plan.failOnError) {
      throw ApplicationFailure.nonRetryable(`The music failed: ${reason}`, FAILURES.jobFailed)
    }
  }
}

async function makeSegment(jobId: number, position: number, plan: MusicPlan, predictions: PredictionWaiter) {
  try {
    const purchase = { kind: 'music', jobId, position, attempt: plan.firstAttempt ?? 1 } as const
    await buy(purchase, predictions, (prediction) => media.storeSegment({ ...prediction, position }))
  } catch (error) {
    if (isCancellation(error) || plan.haltOnError) throw error
    await light.silenceSegment({ jobId, position, reason: reasonOf(error) })
  }
}
