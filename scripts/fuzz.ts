/**
 * `npm run fuzz -- --examples n --seed n --phases list`: schemathesis against a whole Greenlight (API, worker, Temporal, the
 * simulator) in a folder of its own, by its own OpenAPI document. It fails when an answer is not one that this describes.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { destination, pino } from 'pino'
import { readConfig } from '../config.ts'
import { run } from '../runtime/main.ts'
import { startAll } from '../runtime/start-all.ts'
import { startSimulator } from '../simulator/index.ts'
import { startEmbeddedTemporal } from '../temporal/embedded.ts'
import { freePort } from '../temporal/ports.ts'
import { installRuntime } from '../temporal/workers.ts'
import { installSchemathesis } from './fuzz/install.ts'
import { makeRows } from './fuzz/rows.ts'
import { runSchemathesis } from './fuzz/run.ts'

const KEY = 'a-key-for-the-fuzzer'

run(async () => {
  const input = readInput()
  const python = await installSchemathesis()
  await using started = new AsyncDisposableStack()
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-fuzz-'))
  started.defer(() => rm(dataDir, { recursive: true, force: true }))
  const log = pino({ level: process.env.LOG_LEVEL ?? 'error' }, destination(2))
  installRuntime(log)
  console.log('Starting the simulator, a Temporal server, the worker and the API…')
  const simulator = await startSimulator({ fast: true })
  started.defer(() => simulator.stop())
  const temporal = await startEmbeddedTemporal({ dataDir, port: 0, uiPort: null, log: console.log })
  started.defer(() => temporal.stop())
  const port = await freePort(0)
  const url = `http://127.0.0.1:${port}`
  const config = readConfig({
    DATA_DIR: dataDir,
    PORT: String(port),
    API_AUTH_KEY: KEY,
    PUBLIC_BASE_URL: url,
    REPLICATE_API_KEY: 'simulator',
    REPLICATE_BASE_URL: `${simulator.url}/v1`,
    REPLICATE_WEBHOOK_URL: `${url}/api/webhooks/replicate`,
    PREDICTION_POLL_INTERVAL: '1',
    ALLOWED_PRIVATE_HOSTS: `127.0.0.1:${port}`,
  })
  const target = { address: temporal.address, namespace: temporal.namespace, named: true, security: {} }
  const greenlight = await startAll(config, log, target)
  started.defer(() => greenlight.stop())
  console.log('Making a film and storyboards, so that there is something to ask for…')
  const rows = await makeRows({ url, apiKey: KEY, db: greenlight.parts.db, simulator })
  const { cases, failed } = await runSchemathesis(python, { url, key: KEY, rows, ...input, folder: dataDir })
  console.log(`${cases} cases with seed ${input.seed}, ${failed} failed.`)
  if (failed > 0) throw new Error('The API answered otherwise than its OpenAPI document says: see above.')
})

function readInput(): { examples: number; seed: number; phases: string } {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { examples: text, seed: text, phases: text } })
  const whole = (name: 'examples' | 'seed', otherwise: number) => {
    const given = values[name] ?? String(otherwise)
    if (!/^[1-9]\d{0,8}$/.test(given)) throw new Error(`--${name} is a whole number from 1 on, not "${given}".`)
    return Number(given)
  }
  const seed = whole('seed', 1 + Math.floor(Math.random() * 999_999))
  return { examples: whole('examples', 40), seed, phases: values.phases ?? 'examples,coverage,fuzzing,stateful' }
}
