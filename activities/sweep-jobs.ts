/** Pays what a crash left owing: workflows that were never started, decisions and webhooks that were never sent. */

import { unstartedDeliveries } from '../prisma/queries/deliveries.ts'
import { stillJobs, unheardJobs, unstartedJobs, untoldJobs, unwrittenJobs } from '../prisma/queries/owed-jobs.ts'
import { owedRevisions } from '../prisma/queries/revisions.ts'
import type { SweepReport } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { endAbandoned } from './end-abandoned.ts'
import { createPayer } from './pay-owed.ts'
import { reviseAgain } from './revise-again.ts'
import { startAgain } from './start-again.ts'
import { tellAgain, tellForgotten } from './tell-again.ts'

/** The API does both right after it wrote the row; only what it had time for and did not do is swept. */
const GRACE_MS = 10_000
const BATCH = 200
/** A job that has not moved for so long is looked at: its workflow may have been terminated. */
const STILL_MS = 2 * 60_000
const LOOKS = 50

/** Well before the activity's time is up: what was begun last may take the provider twice 30 s. */
const SECONDS = 60

export const sweepJobs = (deps: ActivityDeps) => async (): Promise<SweepReport> => {
  const { db, workflows } = deps
  const before = new Date(Date.now() - GRACE_MS)
  const still = new Date(Date.now() - STILL_MS)
  const { each, unpaid } = createPayer(deps, SECONDS)
  const unstarted = await unstartedJobs(db, before, BATCH)
  const started = await each('started a workflow that was owed', unstarted, ({ jobId }) => workflows.start(jobId))
  const untold = await untoldJobs(db, before, BATCH)
  const told = await each('sent a decision that was owed', untold, ({ jobId }) => workflows.decided(jobId))
  const unheard = await unheardJobs(db, still, BATCH)
  const toldAgain = await each('sent an approval again', unheard, ({ jobId }) => tellAgain(deps, jobId))
  const owed = (await owedRevisions(db, before, BATCH)).map(({ jobId, number }) => ({ jobId, revision: number }))
  const revise = ({ jobId, revision }: (typeof owed)[number]) => workflows.revise(jobId, revision)
  const revised = await each('sent a revision that was owed', owed, revise)
  const ids = await unstartedDeliveries(db, { insertedAt: { lt: before } }, BATCH)
  const undelivered = ids.map((delivery) => ({ delivery }))
  const deliver = ({ delivery }: (typeof undelivered)[number]) => workflows.deliver(delivery)
  const delivered = await each('started the delivery of a webhook that was owed', undelivered, deliver)
  // Last, because the provider may take its time. Of a job whose revision could not be sent again nothing is ended.
  const abandoned = [...(await stillJobs(db, still, LOOKS)), ...(await unwrittenJobs(db, still, LOOKS))]
  const restarted = await each('started a job again whose workflow Temporal had lost', abandoned, (job) =>
    startAgain(deps, job),
  )
  const remembered = await each('sent a decision again that Temporal had forgotten', abandoned, (job) =>
    tellForgotten(deps, job),
  )
  const again = await each('sent a revision again that a reset had left behind', abandoned, (job) =>
    reviseAgain(deps, job),
  )
  const ended = await each('ended what a job had open whose workflow had ended in Temporal', abandoned, (job) =>
    endAbandoned(deps, job),
  )
  return {
    started: started + restarted,
    told: told + toldAgain + remembered,
    revised: revised + again,
    ended,
    delivered,
    ...unpaid(),
  }
}
