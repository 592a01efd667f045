/** Shows how far a long step is, in its job's percentage. */
import { advanceUnended } from '../prisma/queries/progress.ts'
import { inTransaction } from '../prisma/statements.ts'
import type { ActivityDeps } from './deps.ts'

/** A person sees no more, and each is a write with an event. */
const EVERY_MS = 2_000

/**
 * @param span the step's share of the job: percent at which it begins, and at which it ends
 * @returns what is told the fraction done (0 to 1); a failure to show it is logged and harms nothing
 */
export function showProgress(
  { db, log }: Pick<ActivityDeps, 'db' | 'log'>,
  jobId: number,
  stage: 'stitching' | 'audio_generation',
  [from, to]: readonly [number, number],
): (fraction: number) => void {
  let next = Date.now() + EVERY_MS
  return (fraction) => {
    if (Date.now() < next) return
    next = Date.now() + EVERY_MS
    const percentage = Math.round((from + (to - from) * fraction) * 10) / 10
    inTransaction(db, jobId, (tx) => advanceUnended(tx, jobId, stage, { percentage })).catch((error: unknown) =>
      log.warn({ err: error, jobId }, 'the progress of a step could not be shown'),
    )
  }
}
