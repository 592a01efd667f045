import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { spentMicroUsd } from '../../prisma/queries/spending.ts'
import { FAILURES } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench({ PREDICTION_TIMEOUT: '1' })
})
afterAll(() => bench.stop())

it('counts a prediction that hung as spent: it had begun to run, so it is billed', async () => {
  bench.simulator.setFaults([{ fault: { kind: 'hang' } }])
  const job = await bench.approvedJob()
  const purchase = { kind: 'scene', jobId: job.id, sceneId: job.scenes[0]?.id ?? '', attempt: 1 } as const
  const prediction = await bench.attempt('submitPrediction', purchase)
  await sleep(1_100)
  await expect(bench.attempt('awaitPrediction', prediction)).rejects.toMatchObject({
    type: FAILURES.predictionFailed,
    message: expect.stringMatching(/had not ended after 1 s/),
  })
  expect(await bench.attempt('decideAttempt', purchase)).toBeNull()
  const bill = bench.simulator.bill()
  expect(bill.predictions).toMatchObject([{ status: 'canceled', billed: true }])
  expect((await spentMicroUsd(bench.db, { jobId: job.id })) / 1e6).toBeCloseTo(bill.total_usd, 6)
})
