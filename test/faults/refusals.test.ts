import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, until } from './support.ts'

let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: string
beforeAll(async () => {
  base = await startBase({ renderMs: 200 })
  greenlight = await startGreenlight(base, { PREDICTION_TIMEOUT: '4' })
  campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})
beforeEach(() => base.simulator.reset())

const bill = () => base.simulator.bill().predictions
const ledger = (id: number) => ledgerOf(greenlight.parts.db, id)

it('without credit nothing is tried again: the job fails and says where credit is bought', async () => {
  base.simulator.setFaults([{ fault: { kind: 'status', status: 402 } }])
  const id = await approvedJob(greenlight.api, campaign, 1)
  const { body } = await greenlight.api.ended(id)
  expect(body.status).toBe('failed')
  expect(body.progress.error).toMatch(/^Scene 1 .*failed: Replicate has no credit left .*Add credit at https:/)
  expect(base.simulator.load().creates).toBe(1)
  expect(bill()).toEqual([])
})

describe('a scene that the content filter refuses', () => {
  it('is tried once more, and the ledger says why', async () => {
    base.simulator.setFaults([{ times: 1, fault: { kind: 'fail', error: 'moderation' } }])
    const id = await approvedJob(greenlight.api, campaign, 1)
    expect((await greenlight.api.ended(id)).body.status).toBe('completed')
    const rows = await ledger(id)
    expect(rows).toMatchObject([
      { attempt: 1, state: 'failed', failure: 'moderation' },
      { attempt: 2, state: 'succeeded' },
    ])
    expect(rows[1]?.reason).toMatch(/^attempt 1 ended as failed: The provider's content filter refused/)
    expectPaidOnce(rows, bill())
  })

  it('a second time fails with the reason, and its sibling is kept', async () => {
    const picky = { model: 'google/veo-3.1', from: 2 }
    base.simulator.setFaults([{ match: picky, fault: { kind: 'fail', error: 'moderation' } }])
    const id = await approvedJob(greenlight.api, campaign, 2)
    const { body } = await greenlight.api.ended(id)
    expect(body.status).toBe('failed')
    expect(body.progress.error).toMatch(
      /content filter refused .*Change the prompt or the pictures.* rendered and kept/,
    )
    const rows = await ledger(id)
    expect(rows.map(({ state }) => state).sort()).toEqual(['failed', 'failed', 'succeeded'])
    expectPaidOnce(rows, bill())
    expect(base.simulator.bill().count).toBe(1)
  })
})

it('a prediction that hangs is canceled at the provider after its deadline, and the scene fails saying so', async () => {
  base.simulator.setFaults([{ fault: { kind: 'hang' } }])
  const id = await approvedJob(greenlight.api, campaign, 1)
  const { body } = await greenlight.api.ended(id)
  expect(body.progress.error).toMatch(/had not ended after 4 s \(PREDICTION_TIMEOUT\) and was canceled at the provider/)
  expect(bill()).toMatchObject([{ status: 'canceled' }])
  expect(await ledger(id)).toMatchObject([{ attempt: 1, state: 'canceled' }])
})

it('what runs for a job that is canceled is canceled at the provider', async () => {
  base.simulator.setFaults([{ fault: { kind: 'hang' } }])
  const id = await approvedJob(greenlight.api, campaign, 2)
  await until('both scenes render', () => bill().filter(({ status }) => status === 'processing').length === 2)
  expect((await greenlight.api.post(`/jobs/${id}/cancel`, { by: 'Ben' })).status).toBe(200)
  await until('nothing runs any more', () => bill().every(({ status }) => status === 'canceled'))
  await until('the ledger says so', async () => (await ledger(id)).every(({ state }) => state === 'canceled'))
  expectPaidOnce(await ledger(id), bill())
})
