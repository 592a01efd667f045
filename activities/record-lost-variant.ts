/** One of several clips of a scene could not be had: people are told, and the scene goes on with the others. */
import { getJob } from '../prisma/queries/jobs.ts'
import { changeScene } from '../prisma/queries/progress.ts'
import { findSceneRevision, noteOfSceneRevision } from '../prisma/queries/scene-revisions.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { sceneById } from './scene-of.ts'

interface LostVariant {
  jobId: number
  sceneId: string
  /** The last that was made at it. */
  attempt: number
  /** For whose film it was bought, where that is to take the place of a finished one. */
  revision?: number
  reason: string
}

export const recordLostVariant =
  (deps: ActivityDeps) =>
  async ({ jobId, sceneId, attempt, revision, reason }: LostVariant): Promise<void> => {
    const { db, log } = deps
    const told = `A variant (attempt ${attempt}) failed: ${reason}`
    log.warn({ jobId, sceneId, attempt, reason }, 'a variant of a scene failed')
    const revised = revision === undefined ? null : await findSceneRevision(db, jobId, revision, sceneId)
    const scene = sceneById(await getJob(db, jobId), sceneId)
    const { error } = revised ?? scene
    // Told once, however often this is tried.
    if (!error?.includes(told)) {
      const all = [error, told].filter(Boolean).join(' ')
      if (revised) await noteOfSceneRevision(db, revised, all)
      else await changeScene(db, scene, 'completed', { error: all })
    }
    await endPredictions(deps, { jobId, sceneId, attempt }, reason)
  }
