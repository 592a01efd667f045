/** Pays what a crash left owing: workflows that were never started, decisions and webhooks that were never sent. */

import { OPEN_REVISION_STATES } from '../domain/revision.ts'
import { markEnded } from '../prisma/queries/decisions.ts'
import { unstartedDeliveries } from '../prisma/queries/deliveries.ts'
import { owedRevisions } from '../prisma/queries/revisions.ts'
import type { SweepReport } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { tellSubscribers } from './tell-subscribers.ts'

/** The API does both right after it wrote the row; only what it had time for and did not do is swept. */
const GRACE_MS = 10_000
const BATCH = 200
/** A job that has not moved for so long is looked at: its workflow may have been terminated. */
const STILL_MS = 2 * 60_000
const LOOKS = 50

export const sweepJobs = (deps: ActivityDeps) => async (): Promise<SweepReport> => {
  const { db, workflows, log } = deps
  const before = new Date(Date.now() - GRACE_MS)
  const unstarted = await db.job.findMany({
    where: { startedAt: null, decision: null, canceledAt: null, insertedAt: { lt: before } },
    select: { id: true },
    take: BATCH,
  })
  for (const { id } of unstarted) {
    log.warn({ jobId: id }, 'starting a workflow that was owed')
    await workflows.start(id)
  }
  const untold = await db.job.findMany({
    where: {
      OR: [
        { decision: { not: null }, decisionSentAt: null, decidedAt: { lt: before } },
        { canceledAt: { lt: before }, cancelSentAt: null },
        // Told, but not heard: a Temporal that lost its last moments is told again; it changes nothing otherwise.
        { status: 'approved', decidedAt: { lt: new Date(Date.now() - STILL_MS) } },
      ],
    },
    select: { id: true },
    take: BATCH,
  })
  for (const { id } of untold) {
    log.warn({ jobId: id }, 'sending a decision that was owed')
    await workflows.decided(id)
  }
  const owed = await owedRevisions(db, before, BATCH)
  for (const { jobId, number } of owed) {
    log.warn({ jobId, revision: number }, 'sending a revision that was owed')
    await workflows.revise(jobId, number)
  }
  const ended = await endAbandoned(deps)
  const undelivered = await unstartedDeliveries(db, { insertedAt: { lt: before } }, BATCH)
  for (const id of undelivered) {
    log.warn({ delivery: id }, 'starting the delivery of a webhook that was owed')
    await workflows.deliver(id)
  }
  const [started, told, revised, delivered] = [unstarted, untold, owed, undelivered].map(({ length }) => length)
  return { started, told, revised, ended, delivered } as SweepReport
}

/**
 * Marks jobs whose workflow an operator terminated, and ends what they have running. They are never started again.
 * @returns how many these were
 */
async function endAbandoned(deps: ActivityDeps): Promise<number> {
  const { db, workflows, log } = deps
  const still = await db.job.findMany({
    where: {
      OR: [
        // A pending one is told when somebody approves it.
        { status: { in: ['approved', 'processing'] } },
        { revisions: { some: { state: { in: OPEN_REVISION_STATES } } } },
      ],
      // Its workflow is about to be started again.
      revisions: { none: { state: 'queued', sentAt: null } },
      startedAt: { not: null },
      updatedAt: { lt: new Date(Date.now() - STILL_MS) },
    },
    // One that was terminated moves no more, so in the end it comes first.
    orderBy: { updatedAt: 'asc' },
    select: { id: true },
    take: LOOKS,
  })
  let ended = 0
  for (const { id } of still) {
    if (!(await workflows.hasEnded(id)) || !(await markEnded(db, id))) continue
    log.warn({ jobId: id }, 'marked a job whose workflow had ended in Temporal')
    await endPredictions(deps, { jobId: id }, "The job's workflow was ended in Temporal.")
    await tellSubscribers(deps, id)
    ended++
  }
  return ended
}
