/** Shows how far an attempt of a scene is. */
import { SCENE_STATES, type SceneState } from '../../domain/job.ts'
import type { Prisma } from '../client.ts'
import { changeSceneIn, type SceneRef } from './progress.ts'
import { changeSceneRevisionIn, regenerationOf } from './scene-revisions.ts'

type ShownState = Extract<SceneState, 'submitting' | 'rendering' | 'downloading'>

/**
 * Forwards only: a reset or a retried activity comes by again when the scene is further. In a regeneration the scene
 * itself shows its old clip, and the revision how far the new one is.
 */
export async function showScene(
  tx: Prisma.TransactionClient,
  scene: SceneRef,
  attempt: number,
  state: ShownState,
): Promise<void> {
  const regeneration = await regenerationOf(tx, scene.id, attempt)
  if (!regeneration) return changeSceneIn(tx, scene, state, {}, (current) => isFurther(current, state))
  if (isFurther(regeneration.state as SceneState, state)) return
  await changeSceneRevisionIn(tx, regeneration, state)
}

function isFurther(current: SceneState, state: ShownState): boolean {
  // A purchase that is made again goes back to its begin.
  if (state === 'submitting' && current !== 'completed') return false
  return SCENE_STATES.indexOf(current) >= SCENE_STATES.indexOf(state)
}
