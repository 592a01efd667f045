/** The film is final, music included: now it is served. */
import type { JobStage } from '../domain/job.ts'
import { readJob } from '../prisma/queries/jobs.ts'
import { advanceJob, reopenFailed } from '../prisma/queries/progress.ts'
import type { ActivityDeps } from './deps.ts'
import { tellSubscribers } from './tell-subscribers.ts'

export interface Completed {
  stage: JobStage
}

export const completeJob =
  (deps: ActivityDeps) =>
  async ({ jobId }: { jobId: number }): Promise<Completed> => {
    const { db } = deps
    const job = await readJob(db, jobId)
    const scored = job.audioStatus === 'completed'
    const stage = await db.$transaction(async (tx) => {
      // A retry since the failure may have begun to make another film.
      if (job.stitchedHash) await reopenFailed(tx, job)
      return advanceJob(tx, jobId, scored ? 'audio_completed' : 'completed', {
        videoHash: job.videoHash ?? job.stitchedHash,
        error: null,
      })
    })
    await tellSubscribers(deps, jobId)
    return { stage }
  }
