/** One scene: submit → wait → store. */
import type { SceneState } from '../domain/job.ts'
import { media, submitting } from './activities.ts'
import type { PlannedScene } from './contract.ts'
import type { PredictionWaiter } from './predictions.ts'

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
  const prediction = await submitting.submitPrediction({
    kind: 'scene',
    jobId,
    sceneId: scene.id,
    attempt: scene.attempt,
  })
  entered('rendering')
  await predictions.wait(prediction)
  entered('downloading')
  await media.storeClip({ ...prediction, sceneId: scene.id })
  entered('completed')
}
