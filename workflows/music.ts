/** The soundtrack: segment after segment, each continuing the one before, then joined, fitted and merged. */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow'
import { light, media } from './activities.ts'
import { FAILURES, type MusicPlan } from './contract.ts'
import { reasonOf } from './failure.ts'
import { buy, PurchaseFailed } from './purchase.ts'
import type { Run } from './run.ts'

/**
 * @param asked the revision that asks for it, none for the first time; and whether it is laid under a film of that
 *   revision's rather than under the job's own
 * @throws ApplicationFailure when the music fails and the plan says that the job then fails too
 */
export async function makeMusic(
  run: Run,
  plan: MusicPlan,
  asked: { number?: number; replacesFilm?: boolean } = {},
): Promise<void> {
  const { jobId, job } = run
  const { soundtrack, have = [] } = plan
  const revision = asked.replacesFilm ? asked.number : undefined
  try {
    await light.beginMusic({ jobId })
    for (let position = 0; position < plan.segments; position++) {
      if (!have.includes(position)) await makeSegment(run, position, plan)
      job.musicSegments++
    }
    await media.finishSoundtrack({ jobId, soundtrack, revision })
  } catch (error) {
    if (isCancellation(error)) throw error
    const reason = reasonOf(error)
    const purchase = error instanceof PurchaseFailed ? error.purchase : null
    const failed = { jobId, revision, asked: asked.number ?? 0, soundtrack, purchase }
    await light.recordMusicFailure({ ...failed, reason })
    if (plan.failOnError) {
      throw ApplicationFailure.nonRetryable(`The music failed: ${reason}`, FAILURES.jobFailed)
    }
  }
}

async function makeSegment({ jobId, predictions }: Run, position: number, plan: MusicPlan) {
  const { soundtrack, firstAttempt = 1, goOn = [] } = plan
  const begun = goOn.find((segment) => segment.position === position)?.attempt ?? firstAttempt
  try {
    const purchase = { kind: 'music', jobId, position, attempt: begun, soundtrack } as const
    await buy(purchase, predictions, (prediction) => media.storeSegment({ ...prediction, position, soundtrack }))
  } catch (error) {
    if (isCancellation(error) || plan.haltOnError) throw error
    const { attempt } = error instanceof PurchaseFailed ? error.purchase : { attempt: begun }
    await light.silenceSegment({ jobId, position, soundtrack, attempt, reason: reasonOf(error) })
  }
}
