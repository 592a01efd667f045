import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { getJob } from '../../prisma/queries/jobs.ts'
import { pauseSpending, resumeSpending } from '../../prisma/queries/spending.ts'
import { FAILURES, type Purchase } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())
beforeEach(() => bench.simulator.reset())

const bought = () => bench.simulator.bill().predictions
const pause = () => pauseSpending(bench.db, { by: 'Anna', reason: null, since: new Date().toISOString() })

async function newPurchase(): Promise<Purchase> {
  const job = await bench.approvedJob()
  return { kind: 'scene', jobId: job.id, sceneId: job.scenes[0]?.id ?? '', attempt: 1 }
}

it('buys nothing while spending is paused, and goes on once it is resumed', async () => {
  const purchase = await newPurchase()
  await pause()
  for (let attempt = 1; attempt <= 2; attempt++) {
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({
      ...{ type: FAILURES.spendingPaused, message: 'Spending is paused by Anna.' },
      ...{ nonRetryable: false, nextRetryDelay: 5_000, category: 'BENIGN' },
    })
  }
  expect(bought()).toHaveLength(0)
  expect(await getJob(bench.db, purchase.jobId)).toMatchObject({ status: 'processing', stage: 'starting_render' })
  await resumeSpending(bench.db)
  await bench.attempt('submitPrediction', purchase)
  expect(bought()).toHaveLength(1)
})

it('buys nothing when spending is paused while the pictures are uploaded', async () => {
  const purchase = await newPurchase()
  const { upload } = bench.provider
  bench.provider.upload = async (...args) => {
    await pause()
    return upload(...args)
  }
  await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.spendingPaused })
  bench.provider.upload = upload
  expect(bought()).toHaveLength(0)
  await resumeSpending(bench.db)
  await bench.attempt('submitPrediction', purchase)
  expect(bought()).toHaveLength(1)
})

it('goes on with what was bought before the pause, also when its answer was lost', async () => {
  const known = await newPurchase()
  const lost = await newPurchase()
  await bench.attempt('submitPrediction', known)
  bench.simulator.setFaults([{ times: 1, fault: { kind: 'reset', when: 'after' } }])
  await expect(bench.attempt('submitPrediction', lost)).rejects.toMatchObject({ type: FAILURES.outcomePending })
  await pause()
  await bench.quiet()
  await bench.attempt('submitPrediction', known)
  await bench.attempt('submitPrediction', lost)
  expect(bought()).toHaveLength(2)
  await resumeSpending(bench.db)
})
