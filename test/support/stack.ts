/**
 * The whole of Greenlight for a test: simulator, embedded Temporal, worker and API, in this process, in folders of its
 * own. Everything is real but the providers.
 */
import { openAsBlob } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { pino } from 'pino'
import { createApp } from '../../api/app.ts'
import { listen } from '../../api/listen.ts'
import { readConfig } from '../../config.ts'
import { openParts } from '../../runtime/open-parts.ts'
import { type Greenlight, startAll } from '../../runtime/start-all.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts'
import { lazyClient, type TemporalTarget } from '../../temporal/connect.ts'
import { type EmbeddedTemporal, startEmbeddedTemporal } from '../../temporal/embedded.ts'
import { createJobWorkflows } from '../../temporal/job-workflows.ts'
import { freePort } from '../../temporal/ports.ts'
import { installRuntime } from '../../temporal/workers.ts'
import { copyMigrated } from './migrated-file.ts'

export const PHOTOS = path.join(import.meta.dirname, '..', 'fixtures', 'photos')
const silent = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }, pino.destination(2))
let runtimeInstalled = false

/** The base that greenlights share: starting it takes seconds, so a test file does it once. */
export interface Base {
  dataDir: string
  simulator: Simulator
  temporal: EmbeddedTemporal
  target: TemporalTarget
  client: Client
  stop(): Promise<void>
}

/**
 * For tests in which the answer to a POST is lost. Elsewhere it has the product's own time: a machine that stands still for
 * some seconds would make a POST seem lost, and let it arrive after it was looked for.
 */
export const SHORT_SUBMIT = { SUBMIT_TIMEOUT: '3', SUBMIT_SETTLE: '3' }

export async function startBase(options: SimulatorOptions = {}): Promise<Base> {
  if (!runtimeInstalled) installRuntime(silent)
  runtimeInstalled = true
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-test-'))
  await copyMigrated(path.join(dataDir, 'greenlight.db'))
  const simulator = await startSimulator({ fast: true, ...options })
  const temporal = await startEmbeddedTemporal({ dataDir, port: 0, uiPort: null, log: () => {} })
  const target = { address: temporal.address, namespace: temporal.namespace, named: true, security: {} }
  const client = lazyClient(target)
  return {
    dataDir,
    simulator,
    temporal,
    target,
    client,
    async stop() {
      await client.connection.close()
      await temporal.stop()
      await simulator.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The environment of a Greenlight on `base`: quick polls, the simulator for both providers. */
export function environment(base: Base, port: number, extra: Record<string, string> = {}): Record<string, string> {
  const url = `http://127.0.0.1:${port}`
  return {
    DATA_DIR: base.dataDir,
    PORT: String(port),
    PUBLIC_BASE_URL: url,
    REPLICATE_API_KEY: 'simulator',
    REPLICATE_BASE_URL: `${base.simulator.url}/v1`,
    XAI_BASE_URL: `${base.simulator.url}/v1`,
    PREDICTION_POLL_INTERVAL: '0.2',
    ...extra,
  }
}

/**
 * One Greenlight on the base; stop it before another is started on the same base.
 * @param extra more of the environment, or a function that makes it from the URL where it will listen
 */
export async function startGreenlight(
  base: Base,
  extra: Record<string, string> | ((url: string) => Record<string, string>) = {},
): Promise<Greenlight & { api: Api }> {
  const port = await freePort(0)
  const env = environment(base, port, typeof extra === 'function' ? extra(`http://127.0.0.1:${port}`) : extra)
  const greenlight = await startAll(readConfig(env), silent, base.target)
  return { ...greenlight, api: createApi(greenlight.url) }
}

/** The API alone, as `npm run server` runs it: no worker. */
export async function startServer(base: Base, extra: Record<string, string> = {}) {
  const config = readConfig(environment(base, await freePort(0), extra))
  const parts = await openParts(config, silent)
  const client = lazyClient(base.target)
  const server = await listen(createApp({ ...parts, workflows: createJobWorkflows(client, parts.db) }), config)
  return {
    url: server.url,
    api: createApi(server.url),
    parts,
    async stop() {
      await server.close()
      await client.connection.close()
      await parts.close()
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server answers, and then says what it expects
export type Answer = { status: number; body: any; headers: Headers }
export type Api = ReturnType<typeof createApi>

/** Plain HTTP, as a frontend speaks it. */
export function createApi(url: string) {
  const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const form = body instanceof FormData
    const response = await fetch(`${url}/api/v3${path}`, {
      method,
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
      headers: body === undefined || form ? {} : { 'content-type': 'application/json' },
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json')
    return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers }
  }
  const api = {
    get: (path: string) => ask('GET', path),
    post: (path: string, body: unknown = {}) => ask('POST', path, body),
    put: (path: string, body: unknown = {}) => ask('PUT', path, body),
    patch: (path: string, body: unknown = {}) => ask('PATCH', path, body),
    delete: (path: string) => ask('DELETE', path),
    bytes: async (path: string) => Buffer.from(await (await fetch(`${url}/api/v3${path}`)).arrayBuffer()),

    /** A campaign with these photographs of test/fixtures/photos. @returns its id */
    async campaign(photos = ['chelsea.png', 'coffee.png', 'china.jpg', 'rocket.jpg', 'flower.jpg']): Promise<string> {
      const client = await api.post('/clients', { name: 'ACME' })
      const campaign = await api.post('/campaigns', { name: 'Spring', client_id: client.body.data.id })
      for (const name of photos) {
        const form = new FormData()
        form.set('campaign_id', campaign.body.data.id)
        form.set('file', await openAsBlob(path.join(PHOTOS, name)), name)
        const asset = await api.post('/assets', form)
        if (asset.status !== 201) throw new Error(`The photo ${name} was refused: ${JSON.stringify(asset.body)}`)
      }
      return campaign.body.data.id
    },

    /** Looks at a job until it has ended. @returns its last answer */
    async ended(jobId: number, withinMs = 60_000): Promise<Answer> {
      const deadline = Date.now() + withinMs
      for (;;) {
        const job = await api.get(`/jobs/${jobId}`)
        if (job.body.status === 'completed' || job.body.status === 'failed') return job
        if (Date.now() > deadline) throw new Error(`Job ${jobId} has not ended: ${JSON.stringify(job.body.progress)}`)
        await sleep(100)
      }
    },
  }
  return api
}
