/** Pays what a crash left owing: workflows that were never started, decisions and webhooks that were never sent. */
import { unstartedDeliveries } from '../prisma/queries/deliveries.ts'
import type { ActivityDeps } from './deps.ts'

/** The API does both right after it wrote the row; only what it had time for and did not do is swept. */
const GRACE_MS = 10_000
const BATCH = 200

export const sweepJobs =
  ({ db, workflows, log }: ActivityDeps) =>
  async (): Promise<void> => {
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
        ],
      },
      select: { id: true },
      take: BATCH,
    })
    for (const { id } of untold) {
      log.warn({ jobId: id }, 'sending a decision that was owed')
      await workflows.decided(id)
    }
    for (const id of await unstartedDeliveries(db, { insertedAt: { lt: before } }, BATCH)) {
      log.warn({ delivery: id }, 'starting the delivery of a webhook that was owed')
      await workflows.deliver(id)
    }
  }
