/** Revisions whose run a reset replaced by one that knows nothing of them. */
import type { StillJob } from '../prisma/queries/owed-jobs.ts'
import { newestBegun, openRevisions } from '../prisma/queries/revisions.ts'
import type { ActivityDeps } from './deps.ts'

/** Temporal's clock and ours may differ by this. */
const CLOCK_SKEW_MS = 1_000

/**
 * Sends the open revisions of a job again that were sent before its last run began, where that has come to its own end:
 * what they bought is not to be lost. Of one that was terminated nothing is started again. One that a later one has
 * overtaken is not sent either: it would put an older wish in the place of a newer one.
 * @returns whether there were any
 */
export async function reviseAgain({ db, workflows }: ActivityDeps, { jobId, isCanceled }: StillJob): Promise<boolean> {
  const open = isCanceled ? [] : await openRevisions(db, jobId)
  const run = open.length > 0 ? await workflows.endedByItself(jobId) : null
  if (!run) return false
  const begun = run.startedAt.getTime() - CLOCK_SKEW_MS
  const overtakenBefore = await newestBegun(db, jobId)
  const unheard = open.filter(
    ({ sentAt, number }) => sentAt !== null && sentAt.getTime() < begun && number >= overtakenBefore,
  )
  for (const { number } of unheard) await workflows.revise(jobId, number)
  return unheard.length > 0
}
