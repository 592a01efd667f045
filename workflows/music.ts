/** The soundtrack: segment after segment, each continuing the one before, then joined, fitted and merged. */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow'
import { light, media } from './activities.ts'
import { FAILURES, type MusicPlan } from './contract.ts'
import { reasonOf } from './failure.ts'
import type { PredictionWaiter } from './predictions.ts'
import { buy } from './purchase.ts'

/**
 * @param segmentDone is told after each segment
 * @param revision whose film it is laid under; the job's own where there is none
 * @throws ActivityFailure when the music fails and the plan says that the job then fails too
 */
export async function makeMusic(
  jobId: number,
  plan: MusicPlan,
  predictions: PredictionWaiter,
  segmentDone: () => void,
  revision?: number,
): Promise<void> {
  const { soundtrack, have = [] } = plan
  try {
    await light.beginMusic({ jobId })
    for (let position = 0; position < plan.segments; position++) {
      if (!have.includes(position)) await makeSegment(jobId, position, plan, predictions)
      segmentDone()
    }
    await media.finishSoundtrack({ jobId, soundtrack, revision })
  } catch (error) {
    if (isCancellation(error)) throw error
    const reason = reasonOf(error)
    await light.recordMusicFailure({ jobId, revision, reason })
    if (plan.failOnError) {
      throw ApplicationFailure.nonRetryable(`The music failed: ${reason}`, FAILURES.jobFailed)
    }
  }
}

async function makeSegment(jobId: number, position: number, plan: MusicPlan, predictions: PredictionWaiter) {
  const { soundtrack, firstAttempt: attempt = 1 } = plan
  try {
    const purchase = { kind: 'music', jobId, position, attempt, soundtrack } as const
    await buy(purchase, predictions, (prediction) => media.storeSegment({ ...prediction, position, soundtrack }))
  } catch (error) {
    if (isCancellation(error) || plan.haltOnError) throw error
    await light.silenceSegment({ jobId, position, soundtrack, reason: reasonOf(error) })
  }
}
