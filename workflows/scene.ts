/** One scene: submit → wait → store. */
import type { SceneState } from '../domain/job.ts'
import { media } from './activities.ts'
import type { PlannedScene } from './contract.ts'
import type { PredictionWaiter } from './predictions.ts'
import { buy } from './purchase.ts'

/**
 * @param entered is told of each state the scene enters
 * @throws ActivityFailure whose cause says what failed, and why
 */
export async function renderScene(
  jobId: number,
  scene: PlannedScene,
  predictions: PredictionWaiter,
  entered: (state: SceneState) => void,
): Promise<void> {
  entered('submitting')
  const purchase = { kind: 'scene', jobId, sceneId: scene.id, attempt: scene.attempt } as const
  const prediction = await buy(purchase, predictions, () => entered('rendering'))
  entered('downloading')
  await media.storeClip({ ...prediction, sceneId: scene.id })
  entered('completed')
}
