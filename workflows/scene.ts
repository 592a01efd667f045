/** One scene: submit → wait → store. */
import type { SceneState } from '../domain/job.ts'
import { media } from './activities.ts'
import type { PlannedScene, PredictionRef } from './contract.ts'
import type { PredictionWaiter } from './predictions.ts'
import { buy } from './purchase.ts'

/**
 * @param entered is told of each state the scene enters
 * @throws PurchaseFailed whose causes say what failed, and why; a cancellation is thrown as it is
 */
export async function renderScene(
  jobId: number,
  scene: PlannedScene,
  predictions: PredictionWaiter,
  entered: (state: SceneState) => void,
): Promise<void> {
  entered('submitting')
  const { id: sceneId, attempt, variants } = scene
  const purchase = { kind: 'scene', jobId, sceneId, attempt, ...(variants && { variants }) } as const
  const store = async (prediction: PredictionRef) => {
    entered('downloading')
    await media.storeClip({ ...prediction, sceneId })
  }
  await buy(purchase, predictions, store, () => entered('rendering'))
  entered('completed')
}
