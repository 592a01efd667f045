/** Pays what a crash left owing: workflows that were never started, decisions and webhooks that were never sent. */

import { markEnded } from '../prisma/queries/decisions.ts'
import { unstartedDeliveries } from '../prisma/queries/deliveries.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { tellSubscribers } from './tell-subscribers.ts'

/** The API does both right after it wrote the row; only what it had time for and did not do is swept. */
const GRACE_MS = 10_000
const BATCH = 200
/** A job that has not moved for so long is looked at: its workflow may have been terminated. */
const STILL_MS = 2 * 60_000
const LOOKS = 50

export const sweepJobs = (deps: ActivityDeps) => async (): Promise<void> => {
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
  await endAbandoned(deps)
  for (const id of await unstartedDeliveries(db, { insertedAt: { lt: before } }, BATCH)) {
    log.warn({ delivery: id }, 'starting the delivery of a webhook that was owed')
    await workflows.deliver(id)
  }
}

/** Marks jobs whose workflow an operator terminated, and ends what they have running. They are never started again. */
async function endAbandoned(deps: ActivityDeps): Promise<void> {
  const { db, workflows, log } = deps
  const still = await db.job.findMany({
    where: {
      // A pending one is told when somebody approves it.
      status: { in: ['approved', 'processing'] },
      startedAt: { not: null },
      updatedAt: { lt: new Date(Date.now() - STILL_MS) },
    },
    // One that was terminated moves no more, so in the end it comes first.
    orderBy: { updatedAt: 'asc' },
    select: { id: true },
    take: LOOKS,
  })
  for (const { id } of still) {
    if (!(await workflows.hasEnded(id)) || !(await markEnded(db, id))) continue
    log.warn({ jobId: id }, 'marked a job whose workflow had ended in Temporal')
    await endPredictions(deps, { jobId: id }, "The job's workflow was ended in Temporal.")
    await tellSubscribers(deps, id)
  }
}
