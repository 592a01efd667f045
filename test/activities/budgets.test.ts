/** Budgets, where what is asked for comes from Temporal's UI or CLI. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cancelJob } from '../../prisma/queries/decisions.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())

const REASON =
  "It would cost $0.80, which is more than the campaign's budget has left: of $0.10, $0.00 is spent and $0.00 is approved and not spent yet"
const approval = { decision: 'approved', by: 'Anna', note: null } as const

async function jobWithBudget(cents: number) {
  const job = await bench.newJob()
  await bench.db.campaign.update({ where: { id: job.campaignId }, data: { budgetCents: cents } })
  return job
}
const told = async (jobId: number) =>
  (await bench.db.jobEvent.findMany({ where: { jobId, type: 'over_budget' } })).map(({ data }) => data)

it('a signal approves nothing beyond a budget; the workflow and the job hear why, and it can be approved later', async () => {
  const { id: jobId, campaignId } = await jobWithBudget(10)
  const recorded = await bench.attempt('recordDecision', { jobId, ...approval })
  expect(recorded).toEqual({ decision: 'undecided', reason: REASON })
  expect(await bench.db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({
    ...{ status: 'pending', decision: null },
  })
  expect(await told(jobId)).toEqual([{ by: 'Anna', reason: REASON }])
  await bench.db.campaign.update({ where: { id: campaignId }, data: { budgetCents: 80 } })
  expect(await bench.attempt('recordDecision', { jobId, ...approval })).toMatchObject({ decision: 'approved' })
})

it('a signal makes nothing more of a film beyond a budget', async () => {
  const { id: jobId, scenes } = await jobWithBudget(80)
  await bench.attempt('recordDecision', { jobId, ...approval })
  await bench.db.job.update({
    where: { id: jobId },
    data: { status: 'completed', stage: 'completed', stitchedHash: 'film' },
  })
  const asked = { signal: 'run:1', scenes: [scenes[0]?.id ?? ''] }
  await bench.db.campaign.updateMany({ data: { budgetCents: 79 } })
  expect(await bench.attempt('planRevision', { jobId, revision: asked })).not.toHaveProperty('revision')
  expect(await told(jobId)).toMatchObject([{ by: 'a Temporal signal' }])
  expect(await bench.db.revision.count({ where: { jobId } })).toBe(0)
  await bench.db.campaign.updateMany({ data: { budgetCents: 80 } })
  expect(await bench.attempt('planRevision', { jobId, revision: asked })).toHaveProperty('revision')
})

it('a canceled job is told so, whatever its budget', async () => {
  const { id: jobId } = await jobWithBudget(10)
  await cancelJob(bench.db, jobId, { by: 'Ben', note: null })
  expect(await bench.attempt('recordDecision', { jobId, ...approval })).toEqual({ decision: 'canceled' })
})
