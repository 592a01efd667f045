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
import { dashboardQueries, measured } from './queries.ts'

const RANGE = '20s'
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
    const spawned = spawnProcess(script, { ...env, ...more }, { withinMs: 180_000 })
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

  console.log('Queries, while jobs are made:')
  const rules = await prometheus.rules()
  const queries = [
    ...(await dashboardQueries(RANGE)),
    ...rules.map(({ name, query }) => measured({ name, expr: query })),
  ]
  const seen = new Map<string, number>()
  while (seen.size < queries.length) {
    const { body } = await api.post('/jobs/from-image-pairs', { campaign_id: stage.campaign, num_pairs: 2 })
    await api.post(`/jobs/${body.job_id}/approve`)
    await api.ended(body.job_id, 120_000)
    for (const query of queries) {
      const count = await prometheus.count(query)
      if (count > 0 && !seen.has(query.expr)) seen.set(query.expr, count)
    }
    const missing = queries.filter(({ expr }) => !seen.has(expr))
    console.log(`  ${queries.length - missing.length} of ${queries.length} return series`)
    if (missing.length > 0) console.log(missing.map(({ name, expr }) => `    not yet: ${name}: ${expr}`).join('\n'))
    if (performance.now() > 600_000) throw new Error('Some queries return nothing.')
  }

  console.log('Alerts, by faults:')
  for (const { what, fires, begin, mend } of FAULTS) {
    const again = await begin(stage)
    const began = Date.now()
    const open = new Set(fires)
    while (open.size > 0) {
      await Promise.all([again?.(), sleep(500)])
      for (const { name, state, alerts } of await prometheus.rules()) {
        if (state !== 'firing' || !open.delete(name)) continue
        console.log(`  ${name} after ${Math.round((Date.now() - began) / 1000)} s: ${alerts[0]?.annotations.summary}`)
      }
      if (Date.now() - began > FIRES_WITHIN_MS) throw new Error(`${[...open]} did not fire although ${what}.`)
    }
    console.log(`    because ${what}`)
    await mend(stage)
  }
})
