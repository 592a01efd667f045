import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Prediction } from '../../prisma/queries/jobs.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Api, type Base, startBase, startGreenlight, startServer } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, leftovers, startWorkerProcess, until } from './support.ts'

let base: Base
let campaign: string
beforeAll(async () => {
  base = await startBase()
})
afterAll(() => base?.stop())
beforeEach(() => base.simulator.reset())
afterEach(() => base.simulator.setFaults([]))

const bill = () => base.simulator.bill().predictions
describe('an output', () => {
  let greenlight: Greenlight & { api: Api }
  beforeAll(async () => {
    greenlight = await startGreenlight(base, { AUDIO_FAIL_ON_ERROR: 'true', AUDIO_ERROR_STRATEGY: 'halt' })
    campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png'])
  })
  afterAll(() => greenlight?.stop())

  const finished = async (id: number): Promise<Prediction[]> => {
    expect((await greenlight.api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
    return ledgerOf(greenlight.parts.db, id)
  }

  it('whose download breaks off is fetched again, and not bought again', async () => {
    const download = { method: 'GET', path: '/files/out/*' }
    base.simulator.setFaults([{ match: download, times: 1, fault: { kind: 'reset', when: 'midway' } }])
    const ledger = await finished(await approvedJob(greenlight.api, campaign, 1))
    expect(ledger).toMatchObject([{ attempt: 1, state: 'succeeded', failure: null }])
    expect(bill()).toHaveLength(1)
    expect(await leftovers(base)).toEqual([])
  })

  it.each([
    ['cut short however often it is fetched', 'truncate', 'unusable', /cut short/],
    ['gone', 'gone', 'expired', /removed an hour after/],
  ] as const)('that is %s is rendered again, once, and the ledger says why', async (_, action, failure, why) => {
    base.simulator.setFaults([{ times: 1, fault: { kind: 'output', action } }])
    const ledger = await finished(await approvedJob(greenlight.api, campaign, 1))
    expect(ledger).toMatchObject([
      { attempt: 1, state: 'succeeded', failure, error: expect.stringMatching(why) },
      { attempt: 2, state: 'succeeded', failure: null, error: null },
    ])
    expect(ledger[1]?.reason).toMatch(/^attempt 1 succeeded, but its output was lost: /)
    expect(ledger[1]?.reason).toMatch(why)
    expectPaidOnce(ledger, bill())
  })

  it('that is lost a second time fails the scene, and says why', async () => {
    base.simulator.setFaults([{ fault: { kind: 'output', action: 'gone' } }])
    const id = await approvedJob(greenlight.api, campaign, 1)
    const { body } = await greenlight.api.ended(id)
    expect(body.status).toBe('failed')
    expect(body.progress.error).toMatch(/^Scene 1 .*failed: .*removed an hour after/)
    const ledger = await ledgerOf(greenlight.parts.db, id)
    expect(ledger).toHaveLength(2)
    expectPaidOnce(ledger, bill())
  })

  it('of the music model that is cut short is made again, once, and the ledger says why', async () => {
    const { api, parts } = greenlight
    const id = await approvedJob(api, campaign, 1)
    await finished(id)
    base.simulator.setFaults([{ times: 1, fault: { kind: 'output', action: 'truncate' } }])
    expect((await api.post('/audio/generate-scenes', { job_id: id })).status).toBe(202)
    const scored = async () => (await api.get(`/audio/status/${id}`)).body.audio_status
    await until('the music is made', async () => (await scored()).status !== 'processing')
    expect(await scored()).toMatchObject({ status: 'completed', error: null })
    const music = (await ledgerOf(parts.db, id)).filter(({ subject }) => subject === 'music:0')
    expect(music).toMatchObject([
      { attempt: 1, state: 'succeeded', failure: 'unusable' },
      { attempt: 2, state: 'succeeded', failure: null },
    ])
    expect(music[1]?.reason).toMatch(/^attempt 1 succeeded, but its output was lost: .*end is missing/)
    expectPaidOnce(await ledgerOf(parts.db, id), bill())
  })
})

it('is fetched again after a kill -9 in the middle of its download, and nothing is left behind', async () => {
  const server = await startServer(base)
  const download = { method: 'GET', path: '/files/out/*' }
  base.simulator.setFaults([{ match: download, times: 1, fault: { kind: 'reset', when: 'midway', after_ms: 20_000 } }])
  let worker = await startWorkerProcess(base, server.url)
  const id = await approvedJob(server.api, campaign, 1)
  await until('half of the clip is there', async () => (await leftovers(base)).some((name) => name.endsWith('raw.mp4')))
  await worker.kill()
  expect(await leftovers(base)).not.toEqual([])
  worker = await startWorkerProcess(base, server.url)
  expect((await server.api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  expect(await leftovers(base)).toEqual([])
  const ledger = await ledgerOf(server.parts.db, id)
  expect(ledger).toHaveLength(1)
  expectPaidOnce(ledger, bill())
  await worker.end()
  await server.stop()
}, 60_000)
