/** Pays what a crash left owing: workflows that were never started, decisions and webhooks that were never sent. */

import { unstartedDeliveries } from '../prisma/queries/deliveries.ts'
import { stillJobs, unstartedJobs, untoldJobs } from '../prisma/queries/owed-jobs.ts'
import { owedRevisions } from '../prisma/queries/revisions.ts'
import type { SweepReport } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { endAbandoned } from './end-abandoned.ts'
import { reviseAgain } from './revise-again.ts'

/** The API does both right after it wrote the row; only what it had time for and did not do is swept. */
const GRACE_MS = 10_000
const BATCH = 200
/** A job that has not moved for so long is looked at: its workflow may have been terminated. */
const STILL_MS = 2 * 60_000
const LOOKS = 50

export const sweepJobs = (deps: ActivityDeps) => async (): Promise<SweepReport> => {
  const { db, workflows, log } = deps
  const before = new Date(Date.now() - GRACE_MS)
  const still = new Date(Date.now() - STILL_MS)
  let failed = 0
  /** One that fails keeps none behind it waiting. @returns how many were paid; `pay` says false where nothing was owed */
  const each = async <T extends Record<string, unknown>>(
    what: string,
    owed: T[],
    pay: (one: T) => Promise<unknown>,
  ) => {
    let paid = 0
    for (const one of owed) {
      try {
        if ((await pay(one)) === false) continue
        log.warn(one as object, what)
        paid++
      } catch (error) {
        log.error({ ...one, err: error } as object, `failed, and is tried again by the next sweep: ${what}`)
        failed++
      }
    }
    return paid
  }
  const unstarted = await unstartedJobs(db, before, BATCH)
  const started = await each('started a workflow that was owed', unstarted, ({ jobId }) => workflows.start(jobId))
  const untold = await untoldJobs(db, before, still, BATCH)
  const told = await each('sent a decision that was owed', untold, ({ jobId }) => workflows.decided(jobId))
  const owed = (await owedRevisions(db, before, BATCH)).map(({ jobId, number }) => ({ jobId, revision: number }))
  const revise = ({ jobId, revision }: (typeof owed)[number]) => workflows.revise(jobId, revision)
  const revised = await each('sent a revision that was owed', owed, revise)
  const abandoned = await stillJobs(db, still, LOOKS)
  const again = await each('sent a revision again that a reset had left behind', abandoned, (job) =>
    reviseAgain(deps, job),
  )
  const ended = await each('ended a job whose workflow had ended in Temporal', abandoned, (job) =>
    endAbandoned(deps, job),
  )
  const ids = await unstartedDeliveries(db, { insertedAt: { lt: before } }, BATCH)
  const undelivered = ids.map((delivery) => ({ delivery }))
  const deliver = ({ delivery }: (typeof undelivered)[number]) => workflows.deliver(delivery)
  const delivered = await each('started the delivery of a webhook that was owed', undelivered, deliver)
  return { started, told, revised: revised + again, ended, delivered, failed }
}
