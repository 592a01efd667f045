/** Two servers and two workers, one of them killed, on one PostgreSQL: one job, whoever is asked. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEvents, type ServerEvent } from '../api/event-reader.ts'
import { expectPaidOnce, ledgerOf, startWorkerOn, startWorkerProcess, until } from '../faults/support.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import type { StartedProcess } from '../support/process.ts'
import { type Base, SHORT_SUBMIT, startBase, startServer } from '../support/stack.ts'

type Server = Awaited<ReturnType<typeof startServer>>

let database: TestDatabase
let env: Record<string, string>
let base: Base
let here: Server
let there: Server
let doomed: StartedProcess
let survivor: { stop(): Promise<void> }
beforeAll(async () => {
  ;[database, base] = await Promise.all([createTestDatabase(), startBase({ renderMs: 2_000 })])
  env = { ...database.env, ...SHORT_SUBMIT }
  // At once, as a deploy starts them: the database is migrated, the installation's id drawn by one of them.
  ;[here, there] = await Promise.all([startServer(base, env), startServer(base, env)])
  ;[doomed, survivor] = await Promise.all([startWorkerProcess(base, here.url, env), startWorkerOn(base, there.parts)])
})
afterAll(async () => {
  await Promise.all([doomed?.kill(), survivor?.stop()])
  await Promise.all([here?.stop(), there?.stop()])
  await base?.stop()
  await database?.remove()
})

it('a film is finished and paid for once across a killed worker, decided here and watched there', async () => {
  const campaign = await here.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
  const body = { campaign_id: campaign, clip_duration: 4, num_pairs: 2 }
  const { body: created } = await here.api.post('/jobs/from-image-pairs', body)
  const id: number = created.job_id
  const stream = await openEvents(`${there.url}/api/v3/jobs/${id}/events`, { 'last-event-id': '0' })
  const approvals = await Promise.all([here, there].map(({ api }) => api.post(`/jobs/${id}/approve`)))
  expect(approvals.map(({ status }) => status).sort()).toEqual([200, 422])
  // What one answered, the other knows.
  expect((await there.api.get(`/jobs/${id}`)).body.status).not.toBe('pending')
  expect((await here.api.get(`/jobs/${id}`)).body.status).not.toBe('pending')

  await until('both scenes render', () => base.simulator.bill().predictions.length === 2)
  await doomed.kill()
  expect((await here.api.ended(id, 90_000)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  expectPaidOnce(await ledgerOf(here.parts.db, id), base.simulator.bill().predictions)

  const events: ServerEvent[] = []
  while (events.at(-1)?.data.stage !== 'completed') events.push(...(await stream.take(1)))
  stream.stop()
  expect(events.map((event) => Number(event.id))).toEqual(events.map((_, n) => n + 1))
  const films = await Promise.all([here, there].map(({ api }) => api.bytes(`/videos/${id}/combined`)))
  expect(films[0]?.equals(films[1] ?? Buffer.of())).toBe(true)
}, 150_000)

it('a request that is sent to both with one Idempotency-Key has its effect once', async () => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'twice' }
  const send = ({ url }: Server) =>
    fetch(`${url}/api/v3/clients`, { method: 'POST', headers, body: JSON.stringify({ name: 'Only one' }) })
  const statuses = (await Promise.all([here, there, here, there].map(send))).map(({ status }) => status)
  expect(statuses).toContain(201)
  for (const status of statuses) expect([201, 409]).toContain(status)
  expect(await here.parts.db.client.count({ where: { name: 'Only one' } })).toBe(1)
})
