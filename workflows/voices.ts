/** What is spoken over the scenes: each voice-over a purchase of its own. */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow'
import { light, media } from './activities.ts'
import { FAILURES, type VoicePlan } from './contract.ts'
import { reasonOf } from './failure.ts'
import { buy, PurchaseFailed } from './purchase.ts'
import type { Run } from './run.ts'

/**
 * All at once. One that fails is missing in the film, unless the plan says that the job then fails too.
 * @throws ApplicationFailure when one failed and the plan says so
 */
export async function speakVoices(run: Run, { scenes, failOnError }: VoicePlan): Promise<void> {
  const ended = await Promise.allSettled(scenes.map((scene) => speak(run, scene)))
  const failures: string[] = []
  for (const one of ended) {
    if (one.status === 'rejected') throw one.reason
    if (one.value) failures.push(one.value)
  }
  if (failOnError && failures.length > 0) {
    throw ApplicationFailure.nonRetryable(`A voice-over failed: ${failures.join(' ')}`, FAILURES.jobFailed)
  }
}

/** @returns why it failed, where it did */
async function speak({ jobId, predictions }: Run, { position, attempt }: { position: number; attempt: number }) {
  const purchase = { kind: 'voice', jobId, position, attempt } as const
  try {
    await buy(purchase, predictions, (prediction) => media.storeVoice({ ...prediction, position }))
    return null
  } catch (error) {
    if (isCancellation(error)) throw error
    const failed = error instanceof PurchaseFailed ? error.purchase : purchase
    const reason = reasonOf(error)
    await light.recordVoiceFailure({ jobId, position, attempt: failed.attempt, reason })
    return `scene ${position + 1}: ${reason}`
  }
}
