/** Shows how far an attempt of a scene is. */
import { SCENE_STATES, type SceneState } from '../../domain/job.ts'
import type { Statements } from '../statements.ts'
import { changeSceneIn, type SceneRef } from './progress.ts'
import { changeSceneRevisionIn, type RevisedScene, regeneration } from './scene-revisions.ts'

type ShownState = Extract<SceneState, 'submitting' | 'rendering' | 'downloading'>

/**
 * Forwards only: a reset or a retried activity comes by again when the scene is further. In a regeneration the scene
 * itself shows its old clip, and the revision how far the new one is.
 * @param revised the revision that the attempt belongs to
 */
export async function showScene(
  tx: Statements,
  scene: SceneRef,
  revised: RevisedScene | null,
  state: ShownState,
): Promise<void> {
  const renderedAgain = regeneration(revised)
  if (!renderedAgain) return changeSceneIn(tx, scene, state, {}, (current) => isFurther(current, state))
  await changeSceneRevisionIn(tx, renderedAgain, state, null, (current) => isFurther(current, state))
}

function isFurther(current: SceneState, state: ShownState): boolean {
  // A purchase that is made again goes back to its begin.
  if (state === 'submitting' && current !== 'completed') return false
  return SCENE_STATES.indexOf(current) >= SCENE_STATES.indexOf(state)
}
