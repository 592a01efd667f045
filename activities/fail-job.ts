/** Tells people what failed, and why. */
import { isFinalStage } from '../domain/job.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import { advanceJob, changeScene } from '../prisma/queries/progress.ts'
import { changeSceneRevision, endRevisions, findSceneRevision } from '../prisma/queries/revisions.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { tellFailedScenes } from './failed-scenes.ts'
import { tellSubscribers } from './tell-subscribers.ts'

/** @param revision in whose film it failed, where that is to take the place of a finished one */
export const failScene =
  (deps: ActivityDeps) =>
  async (failed: { jobId: number; sceneId: string; revision?: number; reason: string }): Promise<void> => {
    const { jobId, sceneId, revision, reason } = failed
    const revised = revision === undefined ? null : await findSceneRevision(deps.db, jobId, revision, sceneId)
    if (revised) await changeSceneRevision(deps.db, revised, 'failed', reason)
    else await changeScene(deps.db, sceneId, 'failed', { error: reason })
    await endPredictions(deps, { jobId, sceneId }, reason)
  }

export const failJob =
  (deps: ActivityDeps) =>
  async ({ jobId, reason }: { jobId: number; reason: string }): Promise<void> => {
    const { db, log } = deps
    const job = await getJob(db, jobId)
    // A finished film stays what it is when a revision of it fails.
    if (isFinalStage(job.stage)) return
    const error = tellFailedScenes(job.scenes) ?? reason
    log.warn({ jobId, error }, 'job failed')
    await db.$transaction(async (tx) => {
      await advanceJob(tx, jobId, 'failed', { error })
      // Without a storyboard nothing that was asked for can begin.
      if (job.storyboardVersion === 0) await endRevisions(tx, jobId, error)
    })
    await tellSubscribers(deps, jobId)
  }
