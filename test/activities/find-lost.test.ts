import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { findLost } from '../../activities/find-lost.ts'
import { sceneSubject } from '../../domain/prediction.ts'
import { newToken } from '../../prisma/queries/ledger.ts'
import { PURCHASE_SECRET } from '../../prisma/queries/purchase-token.ts'
import { resolvePrediction } from '../../prisma/queries/resolutions.ts'
import { recordRestore } from '../../prisma/queries/restores.ts'
import type { ProviderPrediction } from '../../providers/ports.ts'
import { FAILURES, type Purchase } from '../../workflows/contract.ts'
import { startOriginServer } from '../api/origin-server.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
/** Has the pictures where the API would. */
let pictures: Awaited<ReturnType<typeof startOriginServer>>
beforeAll(async () => {
  pictures = await startOriginServer(async ({ url }, response) => {
    const id = url?.split('/')[4] ?? ''
    const { blobHash } = await bench.db.asset.findUniqueOrThrow({ where: { id } })
    response.setHeader('etag', `"${blobHash}"`).end()
  })
  bench = await startActivityBench({
    ...{ ASSET_DELIVERY: 'url', PUBLIC_BASE_URL: pictures.url },
    SUBMIT_SETTLE: '0.5',
  })
})
afterAll(async () => {
  await bench.stop()
  pictures.close()
})
beforeEach(() => bench.simulator.reset())

const bought = () => bench.simulator.bill().predictions
const ledger = (jobId: number) => bench.db.prediction.findMany({ where: { jobId } })

async function newPurchase(): Promise<Purchase & { kind: 'scene' }> {
  const job = await bench.approvedJob()
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

it('has the secret of its tokens in every backup, also in one from before the first purchase', async () => {
  expect(await bench.db.setting.count({ where: { key: PURCHASE_SECRET } })).toBe(1)
})

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

it('buys what was not, and another prompt or picture of the storyboard than the one that was', async () => {
  const [unbought, reworded, turned] = [await newPurchase(), await newPurchase(), await newPurchase()]
  for (const purchase of [reworded, turned]) await bench.attempt('submitPrediction', purchase)
  for (const purchase of [reworded, turned]) await restore(purchase)
  const asBackedUp = (id: string, data: object) => bench.db.scene.update({ where: { id }, data })
  await asBackedUp(reworded.sceneId, { prompt: 'As the backup has it' })
  const { firstAssetId, lastAssetId } = await bench.db.scene.findUniqueOrThrow({ where: { id: turned.sceneId } })
  await asBackedUp(turned.sceneId, { firstAssetId: lastAssetId, lastAssetId: firstAssetId })
  await quiet()
  for (const purchase of [unbought, reworded, turned]) await bench.attempt('submitPrediction', purchase)
  expect(bought()).toHaveLength(5)
  const [other, otherPicture] = [await ledger(reworded.jobId), await ledger(turned.jobId)]
  expect(bought().find(({ id }) => id === other[0]?.providerId)?.input.prompt).toBe('As the backup has it')
  expect(bought().find(({ id }) => id === otherPicture[0]?.providerId)?.input.image).toContain(lastAssetId)
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
  const [row] = await ledger(purchase.jobId)
  expect(row).toMatchObject({ state: 'unknown', providerId: null })
  // Who has decided is not asked again.
  await resolvePrediction(bench.db, row?.id ?? '', { resolution: 'pay_again', providerId: null, by: 'Olga' })
  await bench.attempt('submitPrediction', { ...purchase, attempt: 2 })
  expect(bought()).toHaveLength(1)
  // One that the ledger knows is nobody else's.
  const other = await newPurchase()
  await bench.db.job.update({ where: { id: other.jobId }, data: { insertedAt: new Date(Date.now() - 2_000) } })
  await bench.db.prediction.updateMany({
    where: { jobId: purchase.jobId, attempt: 1 },
    data: { state: 'submitted', providerId: 'forgotten' },
  })
  await bench.attempt('submitPrediction', other)
  expect(bought()).toHaveLength(2)
  list.mockRestore()
})

it('leaves it to a person where the backup has no secret to make tokens anew from', async () => {
  const purchase = await newPurchase()
  const { jobId, sceneId, attempt } = purchase
  await bench.attempt('submitPrediction', purchase)
  const [sold] = bought()
  const secret = await bench.db.setting.delete({ where: { key: PURCHASE_SECRET } })
  await restore(purchase)
  await bench.db.setting.create({ data: secret })
  await quiet()
  const job = await bench.db.job.findUniqueOrThrow({ where: { id: jobId } })
  const key = { jobId, subject: sceneSubject(sceneId), attempt }
  // As made of another secret, it carries another token.
  const lost = (input: Record<string, unknown>) =>
    findLost(bench, job, key, { token: newToken(), request: { model: 'veo3', input: { ...input, seed: 1 } } })
  expect(await lost(sold?.input ?? {})).toEqual({ kind: 'unknown' })
  expect(await lost({ ...sold?.input, prompt: 'Something else' })).toEqual({ kind: 'none' })
})

it('asks nobody for a job from after the restore', async () => {
  await restore(await newPurchase())
  const list = vi.spyOn(bench.provider, 'list')
  await bench.attempt('submitPrediction', await newPurchase())
  expect(bought()).toHaveLength(1)
  expect(list).not.toHaveBeenCalled()
})
