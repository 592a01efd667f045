import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../prisma/client.ts'
import { freePort } from '../../temporal/ports.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { type Api, type Base, createApi, environment, startBase } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, until } from './support.ts'

const RENDERS = 8

let base: Base
let env: Record<string, string>
let api: Api
let url: string
let running: StartedProcess
beforeAll(async () => {
  base = await startBase({ renderMs: 6_000 })
  const port = await freePort(0)
  url = `http://127.0.0.1:${port}`
  api = createApi(url)
  env = {
    ...environment(base, port, { SHUTDOWN_DRAIN: '3' }),
    TEMPORAL_ADDRESS: base.temporal.address,
    TEMPORAL_NAMESPACE: base.temporal.namespace,
  }
  running = await startProcess('scripts/start.ts', env)
})
afterAll(async () => {
  await running?.end()
  await base?.stop()
})

const bill = () => base.simulator.bill().predictions
const statusOf = (path: string) =>
  fetch(`${url}${path}`).then(
    ({ status }) => status,
    () => 'closed' as const,
  )

it('SIGTERM with 8 renders in flight: red first, then drained, and the next process finishes them, each billed once', async () => {
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'china.jpg', 'rocket.jpg', 'flower.jpg'])
  // The answer to the last purchase is still under way when the process is asked to end.
  base.simulator.setFaults([{ match: { nth: RENDERS }, fault: { kind: 'stall', hold_ms: 1_000 } }])
  const id = await approvedJob(api, campaign, RENDERS)
  await until('all of them render', () => bill().length === RENDERS)
  expect(await statusOf('/readyz')).toBe(200)
  expect((await fetch(`${url}/healthz`)).headers.get('keep-alive')).toBe('timeout=75')

  const ended = running.end()
  await until('it is not ready any more', async () => (await statusOf('/readyz')) === 503, 2_900)
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'draining', checks: { database: 'ok' } })
  expect((await fetch(`${url}/healthz`)).headers.get('connection')).toBe('close')
  expect(await statusOf(`/api/v3/jobs/${id}`)).toBe(200)
  expect(await ended).toBe(0)
  expect(await statusOf('/healthz')).toBe('closed')

  const db = await openDatabase(env.DATA_DIR ? `${env.DATA_DIR}/greenlight.db` : '')
  const left = await ledgerOf(db, id)
  expect(left.filter(({ state, providerId }) => state === 'submitted' && providerId)).toHaveLength(RENDERS)

  running = await startProcess('scripts/start.ts', env)
  expect((await api.ended(id, 90_000)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  const ledger = await ledgerOf(db, id)
  await db.$disconnect()
  expect(ledger).toHaveLength(RENDERS)
  expectPaidOnce(ledger, bill())
  expect(bill().filter(({ billed }) => billed)).toHaveLength(RENDERS)
}, 150_000)
