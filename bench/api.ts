/**
 * What the API costs over a bare Hono server on the same machine: the same bytes out, without a database, keys, schemas or
 * logs. Rounds of ours and the baseline take turns, so that what else the machine does hits both; the medians are compared.
 * The CPU time that each server used for the same work is told beside it: that hardly depends on who else is busy.
 */
import { randomBytes } from 'node:crypto'
import { openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import { freePort } from '../temporal/ports.ts'
import { startProcess } from '../test/support/process.ts'
import { fillDatabase } from './fill-database.ts'
import { median } from './median.ts'

const ROUNDS = 5
const SECONDS = 3
/** Before the rounds: what V8 has not compiled yet costs several times as much, and a busy machine takes long to come that far. */
const WARM_UP_REQUESTS = 5000
const MIB = 1024 * 1024
const KEY = 'a-key-of-the-benchmark'

interface Case {
  what: string
  ours: string
  baseline: string
  /** Loads a URL for one round. @returns how much was served, in `unit` */
  load(url: string): Promise<number>
  warmUp?(url: string): Promise<void>
  unit: string
  /** The least ratio that we want. */
  goal: number
}

/** Of one round. */
interface Figures {
  /** Units a second. */
  rate: number
  /** Microseconds of the server's CPU for one unit. */
  cpu: number
}

export async function benchApi(): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-bench-'))
  const filled = await fillDatabase(dataDir, { assetBytes: randomBytes(100 * 1024), videoBytes: 50 * MIB })
  const [port, barePort] = [await freePort(0), await freePort(0)]
  const api = `http://127.0.0.1:${port}/api/v3`
  const base = `http://127.0.0.1:${barePort}`
  const env = { DATA_DIR: dataDir, PORT: String(port), API_AUTH_KEY: KEY, LOG_LEVEL: '' }
  const ours = await startProcess('server.ts', env, openSync(path.join(dataDir, 'log'), 'a'))
  const job = await fetch(`${api}/jobs/${filled.waitingJob}`, { headers: { 'x-api-key': KEY } })
  const bare = await startProcess('bench/bare-server.ts', {
    PORT: String(barePort),
    FILES: JSON.stringify(filled.files),
    JOB_JSON: await job.text(),
  })
  const cases: Case[] = [
    {
      what: 'GET /jobs/:id (waiting)',
      ours: `${api}/jobs/${filled.waitingJob}`,
      baseline: `${base}/job`,
      load: requests,
      warmUp: askOften,
      unit: 'requests',
      goal: 0.4,
    },
    {
      what: 'GET /assets/:id/data (100 KB)',
      ours: `${api}/assets/${filled.asset}/data`,
      baseline: `${base}/asset`,
      load: requests,
      warmUp: askOften,
      unit: 'requests',
      goal: 0.5,
    },
    {
      what: 'GET /videos/:id/combined (50 MB)',
      ours: `${api}/videos/${filled.doneJob}/combined`,
      baseline: `${base}/video`,
      load: mebibytes,
      unit: 'MiB',
      goal: 0.9,
    },
  ]
  try {
    for (const one of cases) await compare(one)
  } finally {
    await ours.end()
    await bare.end()
    await rm(dataDir, { recursive: true })
  }
}

async function compare({ what, ours, baseline, load, warmUp, unit, goal }: Case): Promise<void> {
  for (const url of [ours, baseline]) await warmUp?.(url)
  const figures: Record<'ours' | 'bare', Figures[]> = { ours: [], bare: [] }
  for (let round = 0; round < ROUNDS; round++) {
    figures.bare.push(await measure(baseline, load))
    figures.ours.push(await measure(ours, load))
  }
  const [us, them] = [medians(figures.ours), medians(figures.bare)]
  const ratio = us.rate / them.rate
  console.log(`${what}: ${ratio.toFixed(2)} of the bare server, goal ${goal} ${ratio >= goal ? 'reached' : 'missed'}`)
  console.log(`  ${unit} a second: ours ${us.rate.toFixed(0)}, bare ${them.rate.toFixed(0)}`)
  const cpu = `ours ${us.cpu.toFixed(0)}, bare ${them.cpu.toFixed(0)}, ratio ${(them.cpu / us.cpu).toFixed(2)}`
  console.log(`  microseconds of the server's CPU a ${unit.replace(/s$/, '')}: ${cpu}`)
}

async function measure(url: string, load: Case['load']): Promise<Figures> {
  const [began, cpuBefore] = [performance.now(), await cpuSeconds(url)]
  const served = await load(url)
  const seconds = (performance.now() - began) / 1000
  return { rate: served / seconds, cpu: (((await cpuSeconds(url)) - cpuBefore) * 1e6) / served }
}

/** What the server at `url` has used so far. */
async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text()
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1])
}

async function askOften(url: string): Promise<void> {
  await autocannon({ url, connections: 20, amount: WARM_UP_REQUESTS, headers: { 'x-api-key': KEY } })
}

async function requests(url: string): Promise<number> {
  const result = await autocannon({ url, connections: 20, duration: SECONDS, headers: { 'x-api-key': KEY } })
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers were not 2xx, ${result.errors} requests failed`)
  }
  return result['2xx']
}

/** One whole download after another. */
async function mebibytes(url: string): Promise<number> {
  const until = performance.now() + SECONDS * 1000
  let bytes = 0
  while (performance.now() < until) bytes += await download(url)
  return bytes / MIB
}

function download(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers: { 'x-api-key': KEY } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`))
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.byteLength))
      response.on('end', () => resolve(bytes))
    })
    request.on('error', reject)
  })
}

function medians(figures: Figures[]): Figures {
  return { rate: median(figures.map(({ rate }) => rate)), cpu: median(figures.map(({ cpu }) => cpu)) }
}
