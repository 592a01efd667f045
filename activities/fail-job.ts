/** Tells people what failed, and why. */
import { Context } from '@temporalio/activity'
import { isFinalStage } from '../domain/job.ts'
import type { Database, Prisma } from '../prisma/client.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import { advanceJob, failAttempt } from '../prisma/queries/progress.ts'
import { endRevisions } from '../prisma/queries/revisions.ts'
import { changeSceneRevision, findSceneRevision } from '../prisma/queries/scene-revisions.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { tellFailedScenes } from './failed-scenes.ts'
import { tellSubscribers } from './tell-subscribers.ts'

interface FailedScene {
  jobId: number
  sceneId: string
  /** Which one failed, the last that was made; absent in histories from before that was told. */
  attempt?: number
  /** In whose film it failed, where that is to take the place of a finished one. */
  revision?: number
  reason: string
}

/** What an operator has adopted meanwhile is what a queued revision is about to go on with. */
const NOT_AWAITED: Prisma.PredictionWhereInput[] = [
  { resolution: null },
  { resolution: { not: 'adopt' } },
  { job: { revisions: { none: { state: 'queued' } } } },
]

/** After a reset an attempt fails once more, long after people decided to make another: that one is not touched. */
export const failScene =
  (deps: ActivityDeps) =>
  async ({ jobId, sceneId, attempt, revision, reason }: FailedScene): Promise<void> => {
    const { db } = deps
    const revised = revision === undefined ? null : await findSceneRevision(db, jobId, revision, sceneId)
    if (revised) await changeSceneRevision(db, revised, 'failed', reason)
    else await failAttempt(db, sceneId, attempt, reason)
    await endPredictions(deps, { jobId, sceneId, attempt: { lte: attempt }, OR: NOT_AWAITED }, reason)
  }

export const failJob =
  (deps: ActivityDeps) =>
  async ({ jobId, reason }: { jobId: number; reason: string }): Promise<void> => {
    const { db, log } = deps
    const job = await getJob(db, jobId)
    // A finished film stays what it is when a revision of it fails.
    if (isFinalStage(job.stage) || (await isRetriedSince(db, jobId))) return
    const error = tellFailedScenes(job.scenes) ?? reason
    log.warn({ jobId, error }, 'job failed')
    await db.$transaction(async (tx) => {
      await advanceJob(tx, jobId, 'failed', { error })
      // Without a storyboard nothing that was asked for can begin.
      if (job.storyboardVersion === 0) await endRevisions(tx, jobId, error)
    })
    await tellSubscribers(deps, jobId)
  }

/** Whether this is a further try at what was written before its worker died, so that the job was retried meanwhile. */
async function isRetriedSince(db: Database, jobId: number): Promise<boolean> {
  const { attempt, scheduledTimestampMs } = Context.current().info
  if (attempt === 1) return false
  const since = { gte: new Date(scheduledTimestampMs) }
  return (await db.revision.count({ where: { jobId, kind: 'retry', state: 'queued', insertedAt: since } })) > 0
}
