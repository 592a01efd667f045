/** Several clips of one scene, bought beside each other: people choose one. */
import { ApplicationFailure } from '@temporalio/workflow'
import { SCENE_STATES, type SceneState } from '../domain/job.ts'
import { light } from './activities.ts'
import { FAILURES, type PlannedScene } from './contract.ts'
import { reasonOf } from './failure.ts'
import type { PredictionWaiter } from './predictions.ts'
import { PurchaseFailed } from './purchase.ts'
import { renderScene } from './scene.ts'

/**
 * Waits for all. The first that is there is shown; one that fails is told of, and does no harm while another is there.
 * @param scene with how many are wanted
 * @param revision the number of the one that they are rendered for, where the film is finished already
 * @throws PurchaseFailed when all failed; a cancellation is thrown as it is
 */
export async function renderVariants(
  jobId: number,
  scene: PlannedScene & { variants: number },
  predictions: PredictionWaiter,
  { entered, revision }: { entered: (state: SceneState) => void; revision?: number },
): Promise<void> {
  let furthest = -1
  const further = (state: SceneState) => {
    const step = SCENE_STATES.indexOf(state)
    if (step <= furthest) return
    furthest = step
    entered(state)
  }
  const attempts = Array.from({ length: scene.variants }, (_, n) => scene.attempt + n)
  const ended = await Promise.allSettled(
    attempts.map((attempt) => renderScene(jobId, { ...scene, attempt }, predictions, further)),
  )
  const failures: PurchaseFailed[] = []
  for (const one of ended) {
    if (one.status === 'fulfilled') continue
    if (!(one.reason instanceof PurchaseFailed)) throw one.reason
    failures.push(one.reason)
  }
  if (failures.length === scene.variants) throw allFailed(failures)
  for (const failure of failures) {
    const { attempt } = failure.purchase
    await light.recordLostVariant({ jobId, sceneId: scene.id, attempt, revision, reason: reasonOf(failure) })
  }
}

/** The newest attempt stands for all. */
function allFailed(failures: PurchaseFailed[]): PurchaseFailed {
  const newest = failures.reduce((one, other) => (other.purchase.attempt > one.purchase.attempt ? other : one))
  const reasons = [...new Set(failures.map((failure) => reasonOf(failure)))]
  const message = `All ${failures.length} variants failed: ${reasons.join(' ')}`
  return new PurchaseFailed(newest.purchase, ApplicationFailure.nonRetryable(message, FAILURES.predictionFailed))
}
