import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../prisma/client.ts'
import { type Simulator, startSimulator } from '../../simulator/index.ts'
import { freePort } from '../../temporal/ports.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { type Api, createApi, SHORT_SUBMIT } from '../support/stack.ts'

let simulator: Simulator
let dataDir: string
let env: Record<string, string>
let api: Api
let running: StartedProcess | undefined
beforeAll(async () => {
  simulator = await startSimulator({ fast: true, renderMs: 4_000 })
  dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-crash-'))
  const port = await freePort(0)
  api = createApi(`http://127.0.0.1:${port}`)
  env = {
    DATA_DIR: dataDir,
    PORT: String(port),
    PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    REPLICATE_API_KEY: 'simulator',
    REPLICATE_BASE_URL: `${simulator.url}/v1`,
    PREDICTION_POLL_INTERVAL: '0.3',
    ...SHORT_SUBMIT,
  }
})
afterAll(async () => {
  await running?.end()
  await simulator.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const untilStage = async (jobId: number, stage: string) => {
  while ((await api.get(`/jobs/${jobId}`)).body.current_stage !== stage) await sleep(20)
}

it('finishes an approved job across kill -9, and pays for each scene once', async () => {
  running = await startProcess('scripts/start.ts', env)
  const campaign = await api.campaign()
  const job = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 4 })
  const id: number = job.body.job_id
  await api.post(`/jobs/${id}/approve`)

  // While predictions are being bought: some POSTs were answered, some not, some not sent.
  await untilStage(id, 'starting_render')
  await running.kill()
  running = await startProcess('scripts/start.ts', env)
  expect(running.output()).toMatch(/Attached to the Temporal server that was left running/)

  // While they render.
  await untilStage(id, 'waiting_prediction')
  await running.kill()
  running = await startProcess('scripts/start.ts', env)

  const ended = await api.ended(id, 90_000)
  expect(ended.body.progress).toMatchObject({ error: null, stage: 'completed' })
  const { predictions } = simulator.bill()
  expect(predictions.filter(({ billed }) => billed)).toHaveLength(4)
  expect((await api.bytes(`/videos/${id}/combined`)).length).toBeGreaterThan(10_000)

  // What failed because our server was away when the provider fetched the pictures was not billed, and the ledger has it.
  const db = await openDatabase(path.join(dataDir, 'greenlight.db'))
  const ledger = await db.prediction.findMany({ where: { jobId: id } })
  await db.$disconnect()
  expect(ledger.map(({ providerId }) => providerId).sort()).toEqual(predictions.map((one) => one.id).sort())
  for (const { attempt, reason } of ledger) {
    expect(reason).toMatch(attempt === 1 ? /^first$/ : /^attempt \d ended as failed: .*could not fetch/)
  }

  expect(await running.end()).toBe(0)
  running = undefined
  expect(await readdir(path.join(dataDir, 'tmp'))).toEqual([])
  expect(await readdir(path.join(dataDir, 'blobs', 'tmp'))).toEqual([])
}, 150_000)
