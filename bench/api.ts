/**
 * What the API costs over a bare Hono server on the same machine: the same bytes out, without a database, keys, schemas or
 * logs. Rounds of ours and the baseline take turns, so that what else the machine does hits both; the medians are compared.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import { freePort } from '../temporal/ports.ts'
import { startProcess } from '../test/support/process.ts'
import { fillDatabase } from './fill-database.ts'

const ROUNDS = 3
const SECONDS = 4
const MIB = 1024 * 1024

interface Case {
  what: string
  ours: string
  baseline: string
  /** Loads a URL for one round. @returns the figure that is compared */
  load(url: string): Promise<number>
  unit: string
  /** The least ratio that we want. */
  goal: number
}

export async function benchApi(): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-bench-'))
  const filled = await fillDatabase(dataDir, { assetBytes: randomBytes(100 * 1024), videoBytes: 50 * MIB })
  const [port, barePort] = [await freePort(0), await freePort(0)]
  const ours = await startProcess('server.ts', { DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'info' })
  const bare = await startProcess('bench/bare-server.ts', {
    PORT: String(barePort),
    FILES: JSON.stringify(filled.files),
    JOB_JSON: await (await fetch(`http://127.0.0.1:${port}/api/v3/jobs/${filled.waitingJob}`)).text(),
  })
  const api = `http://127.0.0.1:${port}/api/v3`
  const base = `http://127.0.0.1:${barePort}`
  const cases: Case[] = [
    {
      what: 'GET /jobs/:id (waiting)',
      ours: `${api}/jobs/${filled.waitingJob}`,
      baseline: `${base}/job`,
      load: requestsPerSecond,
      unit: 'requests/s',
      goal: 0.4,
    },
    {
      what: 'GET /assets/:id/data (100 KB)',
      ours: `${api}/assets/${filled.asset}/data`,
      baseline: `${base}/asset`,
      load: requestsPerSecond,
      unit: 'requests/s',
      goal: 0.5,
    },
    {
      what: 'GET /videos/:id/combined (50 MB)',
      ours: `${api}/videos/${filled.doneJob}/combined`,
      baseline: `${base}/video`,
      load: mebibytesPerSecond,
      unit: 'MiB/s',
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

async function compare({ what, ours, baseline, load, unit, goal }: Case): Promise<void> {
  const figures: Record<'ours' | 'baseline', number[]> = { ours: [], baseline: [] }
  for (let round = 0; round < ROUNDS; round++) {
    figures.baseline.push(await load(baseline))
    figures.ours.push(await load(ours))
  }
  const [a, b] = [median(figures.ours), median(figures.baseline)]
  const verdict = a / b >= goal ? 'reached' : 'missed'
  const counts = `ours ${a.toFixed(0).padStart(6)}  bare ${b.toFixed(0).padStart(6)} ${unit}`
  console.log(`${what.padEnd(34)} ${counts}  ratio ${(a / b).toFixed(2)} (goal ${goal}: ${verdict})`)
}

async function requestsPerSecond(url: string): Promise<number> {
  const result = await autocannon({ url, connections: 20, duration: SECONDS })
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers were not 2xx, ${result.errors} requests failed`)
  }
  return result.requests.average
}

/** One whole download after another. */
async function mebibytesPerSecond(url: string): Promise<number> {
  const began = performance.now()
  let bytes = 0
  while (performance.now() - began < SECONDS * 1000) {
    const { body, ok } = await fetch(url)
    if (!ok || !body) throw new Error(`${url} did not answer with a film`)
    for await (const chunk of body) bytes += chunk.byteLength
  }
  return bytes / MIB / ((performance.now() - began) / 1000)
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
