import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, until } from './support.ts'

const SCENES = 100
/** Replicate's own limit. */
const CREATES_A_MINUTE = 600
/** Ours, in a second (temporal/workers.ts). */
const PACE = 9

let base: Base
let greenlight: Greenlight & { api: Api }
beforeAll(async () => {
  // They render for as long as this test looks: it is about buying.
  base = await startBase({ renderMs: 3_600_000, createsPerMinute: CREATES_A_MINUTE })
  greenlight = await startGreenlight(base, { MAX_PARALLEL_SCENES: `${SCENES}`, PREDICTION_POLL_INTERVAL: '30' })
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})

it('a storm of 429 over 100 scenes: never more than the provider takes, and nothing fails', async () => {
  const { api, parts } = greenlight
  const storm = { kind: 'status', status: 429, retry_after: 1 } as const
  base.simulator.setFaults([{ match: { from: 10 }, probability: 0.5, times: 80, fault: storm }])
  const id = await approvedJob(api, await api.campaign(['chelsea.png', 'coffee.png']), SCENES)
  const bought = () => base.simulator.bill().predictions
  await until('all are bought', () => bought().length === SCENES, 100_000)
  const submitted = { jobId: id, state: 'submitted' }
  await until('the ledger has them', async () => (await parts.db.prediction.count({ where: submitted })) === SCENES)

  const load = base.simulator.load()
  expect(load.creates).toBeGreaterThan(SCENES + 60)
  expect(load.over_limit).toBe(0)
  // The limiter lets a burst through at first; with 50 seconds at its pace behind it, a minute must still hold it.
  expect(load.most_in_ten_seconds + 50 * PACE).toBeLessThanOrEqual(CREATES_A_MINUTE)
  const ledger = await ledgerOf(parts.db, id)
  expect(ledger).toHaveLength(SCENES)
  expectPaidOnce(ledger, bought())
  const { body } = await api.get(`/jobs/${id}`)
  expect(body).toMatchObject({ status: 'processing', progress: { error: null } })
}, 150_000)
