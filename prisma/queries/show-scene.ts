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
 * @param isVariant whether others are bought beside it: the scene is as far as the one that is furthest
 */
export async function showScene(
  tx: Statements,
  scene: SceneRef,
  revised: RevisedScene | null,
  state: ShownState,
  isVariant = false,
): Promise<void> {
  const renderedAgain = regeneration(revised)
  const unless = (current: SceneState) => isFurther(current, state, isVariant)
  if (!renderedAgain) return changeSceneIn(tx, scene, state, {}, unless)
  await changeSceneRevisionIn(tx, renderedAgain, state, null, unless)
}

function isFurther(current: SceneState, state: ShownState, isVariant: boolean): boolean {
  // A purchase that is made again goes back to its begin; of variants another one may be further.
  if (state === 'submitting' && current !== 'completed' && !(isVariant && current !== 'failed')) return false
  return SCENE_STATES.indexOf(current) >= SCENE_STATES.indexOf(state)
}
