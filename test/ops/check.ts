/**
 * Holds dashboard and alerts against a real load and real faults: a server, a worker, the simulator and Debian's Prometheus.
 * Every query has to return series, and every alert has to fire by a fault of its own. `npm run check-ops`; it takes three
 * minutes, and needs `prometheus` on PATH.
 */
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../../config.ts'
import { openDatabase } from '../../prisma/client.ts'
import { run } from '../../runtime/main.ts'
import { freePort } from '../../temporal/ports.ts'
import { type StartedProcess, spawnProcess } from '../support/process.ts'
import { createApi, environment, startBase } from '../support/stack.ts'
import { FAULTS, type Stage } from './faults.ts'
import { startPrometheus } from './prometheus.ts'
import { dashboardQueries } from './queries.ts'

const RANGE = '20s'
const QUERIES_WITHIN_MS = 300_000
const FIRES_WITHIN_MS = 180_000

run(async () => {
  await using started = new AsyncDisposableStack()
  const base = await startBase()
  started.defer(() => base.stop())
  const [port, metricsPort] = [await freePort(0), await freePort(0)]
  const env = {
    ...environment(base, port),
    TEMPORAL_ADDRESS: base.target.address,
    TEMPORAL_NAMESPACE: base.target.namespace,
    MAX_PARALLEL_SCENES: '100',
    LOG_LEVEL: 'silent',
  }
  const start = async (script: string, more: Record<string, string> = {}): Promise<StartedProcess> => {
    const spawned = spawnProcess(script, { ...env, ...more }, { withinMs: 240_000 })
    await spawned.ready
    return spawned
  }
  const server = await start('server.ts')
  started.defer(() => server.kill())
  const startWorker = (more?: Record<string, string>) =>
    start('worker.ts', { WORKER_METRICS_PORT: `${metricsPort}`, ...more })
  const worker: Stage['worker'] = {
    process: await startWorker(),
    async start(more) {
      worker.process = await startWorker(more)
    },
  }
  started.defer(() => worker.process.kill())
  const prometheus = await startPrometheus(path.join(base.dataDir, 'prometheus'), {
    'greenlight-api': `127.0.0.1:${port}`,
    'greenlight-worker': `127.0.0.1:${metricsPort}`,
  })
  started.defer(() => prometheus.stop())
  const api = createApi(`http://127.0.0.1:${port}`)
  const db = await openDatabase(readConfig(env).database)
  started.defer(() => db.$disconnect())
  const stage: Stage = { base, api, db, worker, campaign: await api.campaign() }

  console.log('Queries of the dashboard, while jobs are made:')
  const open = new Set(await dashboardQueries(RANGE))
  const all = open.size
  const jobs = madeOneAfterTheOther(stage)
  while (open.size > 0) {
    for (const query of open) if ((await prometheus.count(query)) > 0) open.delete(query)
    if (performance.now() > QUERIES_WITHIN_MS) {
      throw new Error(`These return nothing:\n${[...open].map(({ name, expr }) => `${name}: ${expr}`).join('\n')}`)
    }
    await sleep(500)
  }
  jobs.abort()
  console.log(`  all ${all} return series`)

  console.log('Alerts, by faults:')
  for (const { what, fires, begin, mend } of FAULTS) {
    const again = await begin(stage)
    const began = Date.now()
    const silent = new Set(fires)
    while (silent.size > 0) {
      await Promise.all([again?.(), sleep(500)])
      for (const { name, state, alerts } of await prometheus.rules()) {
        if (state !== 'firing' || !silent.delete(name)) continue
        console.log(`  ${name} after ${Math.round((Date.now() - began) / 1000)} s: ${alerts[0]?.annotations.summary}`)
      }
      if (Date.now() - began > FIRES_WITHIN_MS) throw new Error(`${[...silent]} did not fire although ${what}.`)
    }
    console.log(`    because ${what}`)
    await mend(stage)
  }
})

/** Jobs for as long as nobody has had enough; one more waits for its approval. */
function madeOneAfterTheOther({ api, campaign }: Stage): AbortController {
  const enough = new AbortController()
  const wish = { campaign_id: campaign, num_pairs: 2 }
  const make = async () => {
    await api.post('/jobs/from-image-pairs', wish)
    while (!enough.signal.aborted) {
      const { body } = await api.post('/jobs/from-image-pairs', wish)
      await api.post(`/jobs/${body.job_id}/approve`)
      await api.ended(body.job_id, 180_000)
    }
  }
  make().catch((error: unknown) => console.error('A job did not come to its end:', error))
  return enough
}
