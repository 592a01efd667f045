import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../prisma/client.ts'
import { type Simulator, startSimulator } from '../../simulator/index.ts'
import { freePort } from '../../temporal/ports.ts'
import { expectPaidOnce, until } from '../faults/support.ts'
import { type StartedProcess, spawnProcess } from '../support/process.ts'
import { type Api, createApi, SHORT_SUBMIT } from '../support/stack.ts'

let simulator: Simulator
let root: string
let running: StartedProcess | undefined
beforeAll(async () => {
  simulator = await startSimulator({ fast: true, renderMs: 5_000 })
  root = await mkdtemp(path.join(tmpdir(), 'greenlight-restore-'))
})
afterAll(async () => {
  await running?.end()
  await simulator.stop()
  await rm(root, { recursive: true, force: true })
})

/** A machine: a folder and a port of its own. */
async function machine(name: string) {
  const port = await freePort(0)
  const env = {
    DATA_DIR: path.join(root, name),
    PORT: String(port),
    PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    REPLICATE_API_KEY: 'simulator',
    REPLICATE_BASE_URL: `${simulator.url}/v1`,
    PREDICTION_POLL_INTERVAL: '0.3',
    MAX_PARALLEL_SCENES: '2',
    ...SHORT_SUBMIT,
  }
  return { env, api: createApi(`http://127.0.0.1:${port}`) }
}

const start = async (env: Record<string, string>) => {
  const spawned = spawnProcess('scripts/start.ts', env, { withinMs: 120_000 })
  await spawned.ready
  return spawned
}

const command = async (script: string, env: Record<string, string>, args: string[]) => {
  const spawned = spawnProcess(script, env, { says: /Rows as of/, withinMs: 120_000 }, args)
  await spawned.ready
  await until('it ends', () => spawned.child.exitCode !== null)
  expect(spawned.child.exitCode, spawned.output()).toBe(0)
  return spawned.output()
}

/** All processes of it, Temporal's server too, as when a machine is lost. */
async function lose({ DATA_DIR }: { DATA_DIR: string }): Promise<void> {
  const { pid } = JSON.parse(await readFile(path.join(DATA_DIR, 'temporal.json'), 'utf8'))
  await running?.kill()
  running = undefined
  process.kill(-pid, 'SIGKILL')
}

const newJob = async (api: Api, campaign: string): Promise<number> =>
  (await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 4 })).body.job_id

const bill = () => simulator.bill().predictions
const clips = async (api: Api, job: number) =>
  (await api.get(`/jobs/${job}/scenes`)).body.scenes.filter(({ status }: { status: string }) => status === 'completed')

/** Brings the backup onto a new machine, and waits until every job is a film. @returns what it has in its ledger */
async function finishOn(name: string, jobs: number[], args: string[] = []) {
  const { env, api } = await machine(name)
  const said = await command('scripts/restore.ts', env, ['--from', path.join(root, 'backup'), ...args])
  running = await start(env)
  const [waiting, ...approved] = jobs as [number, ...number[]]
  expect((await api.get(`/jobs/${waiting}`)).body).toMatchObject({ status: 'pending', storyboard_ready: true })
  expect((await api.post(`/jobs/${waiting}/approve`)).status).toBe(200)
  await api.post('/spending/resume')
  for (const job of [waiting, ...approved]) {
    expect((await api.ended(job, 240_000)).body.progress).toMatchObject({ error: null, stage: 'completed' })
    expect((await api.bytes(`/videos/${job}/combined`)).length).toBeGreaterThan(10_000)
  }
  expect(await running.end()).toBe(0)
  running = undefined
  const db = await openDatabase(path.join(env.DATA_DIR, 'greenlight.db'))
  const ledger = await db.prediction.findMany()
  await db.$disconnect()
  return { said, ledger }
}

it('goes on on an empty machine with every job that was under way, and pays for nothing twice', async () => {
  const first = await machine('first')
  running = await start(first.env)
  const campaign = await first.api.campaign()
  const waiting = await newJob(first.api, campaign)
  const half = await newJob(first.api, campaign)
  await first.api.post(`/jobs/${half}/approve`)
  await until('half of its scenes are there', async () => (await clips(first.api, half)).length === 2, 90_000)
  const rendering = await newJob(first.api, campaign)
  await first.api.post(`/jobs/${rendering}/approve`)
  await until('its first scenes render', () => bill().length === 6, 90_000)
  await first.api.post('/spending/pause', { reason: 'What is bought next is to be missing from the backup' })

  await command('scripts/backup.ts', first.env, ['--to', path.join(root, 'backup')])
  // Of these the backup knows nothing.
  await first.api.post('/spending/resume')
  await until('more is bought', () => bill().length === 8, 90_000)
  await lose(first.env)

  const jobs = [waiting, half, rendering]
  const withRuns = await finishOn('second', jobs)
  expect(withRuns.said).toContain('Temporal goes on where it was')
  expectPaidOnce(withRuns.ledger, bill())
  expect(bill().filter(({ billed }) => billed)).toHaveLength(12)

  // The same backup once more, without what Temporal knew: what was bought on the second machine is lost to this ledger too.
  const before = bill().map(({ id }) => id)
  const withNewRuns = await finishOn('third', jobs, ['--without-temporal'])
  expect(withNewRuns.said).toContain('Temporal is new')
  expect(bill().map(({ id }) => id)).toEqual(before)
  expectPaidOnce(withNewRuns.ledger, bill())
}, 600_000)
