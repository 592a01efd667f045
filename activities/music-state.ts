/** What people see of the music while it is made, and when it fails. */
import { advanceJob, recordEvent } from '../prisma/queries/progress.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'

export const beginMusic =
  ({ db }: ActivityDeps) =>
  async ({ jobId }: { jobId: number }): Promise<void> => {
    await db.$transaction((tx) =>
      advanceJob(tx, jobId, 'audio_generation_pending', {
        audioStatus: 'processing',
        audioStartedAt: new Date(),
        audioError: null,
      }),
    )
  }

export const recordMusicFailure =
  (deps: ActivityDeps) =>
  async ({ jobId, revision, reason }: { jobId: number; revision?: number; reason: string }): Promise<void> => {
    const { db, log } = deps
    log.warn({ jobId, revision, reason }, 'music failed')
    // The finished film has its music, whatever becomes of the new one.
    if (revision !== undefined) return endPredictions(deps, { jobId, sceneId: null }, reason)
    await db.$transaction(async (tx) => {
      await tx.job.update({ where: { id: jobId }, data: { audioStatus: 'failed', audioError: reason } })
      await recordEvent(tx, jobId, 'music_failed', { error: reason })
    })
    await endPredictions(deps, { jobId, sceneId: null }, reason)
  }
