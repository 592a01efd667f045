import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FaultRule } from '../../simulator/index.ts'
import type { StartedProcess } from '../support/process.ts'
import { type Base, SHORT_SUBMIT, startBase, startServer } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, startWorkerProcess, until } from './support.ts'

let base: Base
let server: Awaited<ReturnType<typeof startServer>>
let worker: StartedProcess
let campaign: string
beforeAll(async () => {
  base = await startBase()
  server = await startServer(base, SHORT_SUBMIT)
  campaign = await server.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
  worker = await startWorkerProcess(base, server.url, SHORT_SUBMIT)
})
afterAll(async () => {
  await worker?.end()
  await server?.stop()
  await base?.stop()
})
beforeEach(() => base.simulator.reset())
afterEach(() => base.simulator.setFaults([]))

const bill = () => base.simulator.bill().predictions

describe('a POST whose answer is lost', () => {
  it.each<[string, FaultRule]>([
    ['although it succeeded', { times: 1, fault: { kind: 'reset', when: 'after' } }],
    ['because it stalls past its deadline and arrives late', { times: 1, fault: { kind: 'stall', then_ms: 3_400 } }],
    ['because it never arrived', { times: 1, fault: { kind: 'reset', when: 'before' } }],
  ])('%s, buys one clip in all', async (_, fault) => {
    base.simulator.setFaults([fault])
    const id = await approvedJob(server.api, campaign, 1)
    expect((await server.api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
    const ledger = await ledgerOf(server.parts.db, id)
    expect(ledger).toMatchObject([{ attempt: 1, state: 'succeeded' }])
    expect(bill()).toHaveLength(1)
    expectPaidOnce(ledger, bill())
  })

  it('in a worker that is killed before the id is stored, buys one clip in all', async () => {
    base.simulator.setFaults([{ times: 1, fault: { kind: 'stall' } }])
    const id = await approvedJob(server.api, campaign, 1)
    await until('the provider has the prediction', () => bill().length === 1)
    await worker.kill()
    expect(await ledgerOf(server.parts.db, id)).toMatchObject([{ state: 'intent', providerId: null }])
    worker = await startWorkerProcess(base, server.url, SHORT_SUBMIT)
    expect((await server.api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
    const ledger = await ledgerOf(server.parts.db, id)
    expect(ledger).toMatchObject([{ attempt: 1, state: 'succeeded' }])
    expectPaidOnce(ledger, bill())
  }, 60_000)

  it('and that is found after an hour, buys nothing: the scene fails and says that a person decides', async () => {
    base.simulator.setFaults([{ match: { nth: 1 }, fault: { kind: 'reset', when: 'before' } }])
    const id = await approvedJob(server.api, campaign, 2)
    const { db } = server.parts
    const open = { jobId: id, providerId: null, postedAt: { not: null } }
    const lost = await until('the POST was lost', () => db.prediction.findFirst({ where: open }))
    const anHourAgo = new Date(Date.now() - 3_600_000)
    await db.prediction.update({ where: { id: lost.id }, data: { postedAt: anHourAgo, leaseUntil: anHourAgo } })

    const { body } = await server.api.ended(id)
    expect(body).toMatchObject({ status: 'failed', current_stage: 'failed' })
    expect(body.progress.error).toMatch(/^Scene \d .*failed: Whether this prediction was bought is not known: .*decide/)
    const ledger = await ledgerOf(db, id)
    expect(ledger.map(({ state }) => state).sort()).toEqual(['succeeded', 'unknown'])
    expect(ledger.find(({ state }) => state === 'unknown')).toMatchObject({ id: lost.id, attempt: 1, providerId: null })
    expect(bill()).toHaveLength(1)
  })
})
