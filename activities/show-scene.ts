/** Shows how far an attempt of a scene is. */
import { SCENE_STATES, type SceneState } from '../domain/job.ts'
import type { Database } from '../prisma/client.ts'
import { changeScene } from '../prisma/queries/progress.ts'
import { changeSceneRevision, regenerationOf } from '../prisma/queries/scene-revisions.ts'

/**
 * Forwards only: a reset or a retried activity comes by again when the scene is further. In a regeneration the scene
 * itself shows its old clip, and the revision how far the new one is.
 */
export async function showScene(
  db: Database,
  sceneId: string,
  attempt: number,
  state: Extract<SceneState, 'submitting' | 'rendering' | 'downloading'>,
): Promise<void> {
  const regeneration = await regenerationOf(db, sceneId, attempt)
  const current = regeneration ?? (await db.scene.findUniqueOrThrow({ where: { id: sceneId } }))
  const isFurther = SCENE_STATES.indexOf(current.state as SceneState) >= SCENE_STATES.indexOf(state)
  // A purchase that is made again goes back to its begin.
  if (isFurther && (state !== 'submitting' || current.state === 'completed')) return
  if (regeneration) await changeSceneRevision(db, regeneration, state)
  else await changeScene(db, sceneId, state)
}
