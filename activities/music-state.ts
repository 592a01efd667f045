/** What people see of the music while it is made, and when it fails. */
import { advanceJob, recordEvent, reopenFailed } from '../prisma/queries/progress.ts'
import { isMusicRedone, isScored } from '../prisma/queries/soundtracks.ts'
import type { Purchase } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { keyOf } from './purchase-key.ts'

export const beginMusic =
  ({ db }: ActivityDeps) =>
  async ({ jobId }: { jobId: number }): Promise<void> => {
    await db.$transaction(async (tx) => {
      await reopenFailed(tx, await tx.job.findUniqueOrThrow({ where: { id: jobId } }))
      await advanceJob(tx, jobId, 'audio_generation_pending', {
        audioStatus: 'processing',
        audioStartedAt: new Date(),
        audioError: null,
      })
    })
  }

interface FailedMusic {
  jobId: number
  /** In whose film it failed, where that is to take the place of a finished one. */
  revision?: number
  reason: string
  /** The number of the revision that asked for it, 0 for the job's first music. */
  asked?: number
  /** Absent for the one that the film has. */
  soundtrack?: number
  /** The purchase that failed, null where it was a step of our own; absent in histories from before that was told. */
  purchase?: Purchase | null
}

/** After a reset it fails once more: what was bought or finished since then is not touched. */
export const recordMusicFailure =
  (deps: ActivityDeps) =>
  async ({ jobId, revision, reason, asked = 0, soundtrack, purchase }: FailedMusic): Promise<void> => {
    const { db, log } = deps
    log.warn({ jobId, revision, reason }, 'music failed')
    // The finished film has its music, whatever becomes of the new one.
    if (revision === undefined) {
      await db.$transaction(async (tx) => {
        const job = await tx.job.findUniqueOrThrow({ where: { id: jobId } })
        if (purchase !== undefined && (isScored(job, soundtrack) || (await isMusicRedone(tx, jobId, asked)))) return
        await tx.job.update({ where: { id: jobId }, data: { audioStatus: 'failed', audioError: reason } })
        await recordEvent(tx, jobId, 'music_failed', { error: reason })
      })
    }
    if (purchase === null) return
    const { attempt, ...key } = purchase === undefined ? { attempt: undefined, jobId, sceneId: null } : keyOf(purchase)
    await endPredictions(deps, { ...key, attempt: { lte: attempt } }, reason)
  }
