import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Answer, type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, until } from './support.ts'

let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: string
beforeAll(async () => {
  base = await startBase({ renderMs: 2_500 })
  greenlight = await startGreenlight(base)
  campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})
beforeEach(() => base.simulator.reset())

const bill = () => base.simulator.bill().predictions

async function expectFilm(id: number) {
  expect((await greenlight.api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  const ledger = await ledgerOf(greenlight.parts.db, id)
  expect(ledger).toHaveLength(2)
  expectPaidOnce(ledger, bill())
}

it('a job goes on when Temporal is killed while it renders, and its rows are served meanwhile', async () => {
  const temporal = async () => JSON.parse(await readFile(path.join(base.dataDir, 'temporal.json'), 'utf8')).pid
  const killed: number = await temporal()
  const id = await approvedJob(greenlight.api, campaign, 2)
  await until('both scenes render', () => bill().length === 2)
  process.kill(killed, 'SIGKILL')
  expect((await greenlight.api.get(`/jobs/${id}`)).body).toMatchObject({ status: 'processing' })
  await until('Temporal runs again', async () => (await temporal()) !== killed)
  await expectFilm(id)
}, 90_000)

it('nothing fails while another process holds the database for 10 seconds', async () => {
  const { api } = greenlight
  const id = await approvedJob(api, campaign, 2)
  await until('both scenes render', () => bill().length === 2)
  const holder = await holdDatabase(path.join(base.dataDir, 'greenlight.db'), 10_000)
  const answers: Answer[] = []
  while (holder.exitCode === null) {
    answers.push(...(await Promise.all([api.get(`/jobs/${id}`), api.post('/clients', { name: 'Harbour Homes' })])))
    await sleep(100)
  }
  expect(answers.length).toBeGreaterThan(0)
  for (const { status, headers } of answers) {
    expect([200, 201, 503]).toContain(status)
    if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await api.post('/clients', { name: 'Harbour Homes' })).status).toBe(201)
  await expectFilm(id)
}, 90_000)

/** Another process that writes to the database and takes its time. */
async function holdDatabase(file: string, ms: number): Promise<ChildProcess> {
  const script = `
    const { DatabaseSync } = require('node:sqlite')
    const db = new DatabaseSync(process.argv[1])
    db.exec('PRAGMA busy_timeout = 5000')
    db.exec('BEGIN EXCLUSIVE')
    console.log('held')
    setTimeout(() => db.exec('ROLLBACK'), ${ms})`
  const child = spawn(process.execPath, ['--no-warnings', '-e', script, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}
