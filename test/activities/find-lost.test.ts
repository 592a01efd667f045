import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { recordRestore } from '../../prisma/queries/restores.ts'
import type { ProviderPrediction } from '../../providers/ports.ts'
import { FAILURES, type Purchase } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())
beforeEach(() => bench.simulator.reset())

const bought = () => bench.simulator.bill().predictions
const ledger = (jobId: number) => bench.db.prediction.findMany({ where: { jobId } })

async function newPurchase(): Promise<Purchase & { kind: 'scene' }> {
  const job = await bench.newJob()
  return { kind: 'scene', jobId: job.id, sceneId: job.scenes[0]?.id ?? '', attempt: 1 }
}

/** Restores rows in which nothing stands of the purchases that were made since the job was. */
async function restore({ jobId }: Purchase): Promise<void> {
  const { insertedAt } = await bench.db.job.findUniqueOrThrow({ where: { id: jobId } })
  await bench.db.prediction.deleteMany({ where: { jobId } })
  await recordRestore(bench.db, { asOf: insertedAt, at: new Date() }, false)
}
/** Until a POST from before the restore can't arrive any more. */
const quiet = () => sleep(550)

it('adopts what was bought after the backup, once nothing from before can arrive any more', async () => {
  const purchase = await newPurchase()
  await bench.attempt('submitPrediction', purchase)
  await restore(purchase)
  await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.outcomePending })
  await quiet()
  await bench.attempt('submitPrediction', purchase)
  expect(bought()).toHaveLength(1)
  expect(await ledger(purchase.jobId)).toMatchObject([{ state: 'submitted', providerId: bought()[0]?.id }])
})

it('buys what was not, and another picture of the storyboard than the one that was', async () => {
  const [unbought, changed] = [await newPurchase(), await newPurchase()]
  await bench.attempt('submitPrediction', changed)
  await restore(changed)
  await bench.db.scene.update({ where: { id: changed.sceneId }, data: { prompt: 'As the backup has it' } })
  await quiet()
  await bench.attempt('submitPrediction', unbought)
  await bench.attempt('submitPrediction', changed)
  expect(bought()).toHaveLength(3)
  const [row] = await ledger(changed.jobId)
  expect(row).toMatchObject({ providerId: bought().find(({ input }) => input.prompt === 'As the backup has it')?.id })
})

it('leaves it to a person where the provider has forgotten what it sold', async () => {
  const purchase = await newPurchase()
  await restore(purchase)
  await quiet()
  const forgotten = { id: 'forgotten', status: 'succeeded', createdAt: new Date(Date.now() - 500), input: {} }
  const list = vi.spyOn(bench.provider, 'list').mockImplementation(async function* () {
    yield forgotten as ProviderPrediction
  })
  const refused = { type: FAILURES.outcomeUnknown, nonRetryable: true }
  await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject(refused)
  await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject(refused)
  expect(await ledger(purchase.jobId)).toMatchObject([{ state: 'unknown', providerId: null }])
  // One that the ledger knows is nobody else's.
  const other = await newPurchase()
  await bench.db.job.update({ where: { id: other.jobId }, data: { insertedAt: new Date(Date.now() - 2_000) } })
  await bench.db.prediction.updateMany({
    where: { jobId: purchase.jobId },
    data: { state: 'submitted', providerId: 'forgotten' },
  })
  await bench.attempt('submitPrediction', other)
  expect(bought()).toHaveLength(1)
  list.mockRestore()
})

it('asks nobody for a job from after the restore', async () => {
  await restore(await newPurchase())
  const list = vi.spyOn(bench.provider, 'list')
  await bench.attempt('submitPrediction', await newPurchase())
  expect(bought()).toHaveLength(1)
  expect(list).not.toHaveBeenCalled()
})
