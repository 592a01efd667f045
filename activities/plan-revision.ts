/** What a revision of an approved job will do, from what the rows say is done. */
import { JobSettings, segmentsToBuy } from '../domain/settings.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import type { MusicPlan, Revision } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'

export interface RevisionPlan {
  /** Null when there is nothing to do. */
  music: MusicPlan | null
  /** Whether anybody has approved the job. */
  decided: boolean
}

export const planRevision =
  ({ db }: ActivityDeps) =>
  async ({ jobId, revision }: { jobId: number; revision: Revision }): Promise<RevisionPlan> => {
    const job = await getJob(db, jobId)
    const { music } = JobSettings.parse(job.settings)
    const decided = job.decision !== null
    if (!revision.music || !job.stitchedHash) return { music: null, decided }
    const bought = await db.prediction.aggregate({ where: { jobId, sceneId: null }, _max: { attempt: true } })
    return {
      decided,
      music: {
        segments: segmentsToBuy(music, job.scenes.length),
        firstAttempt: (bought._max.attempt ?? 0) + 1,
        haltOnError: music.errorStrategy === 'halt',
        // The film exists: music that fails leaves it as it is.
        failOnError: false,
      },
    }
  }
