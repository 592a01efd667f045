/**
 * `npm run cluster -- --simulator`: what docker-compose.temporal.yml brings up, from local programs: two servers, a worker for
 * everything but ffmpeg and one for ffmpeg, Temporal, PostgreSQL, S3. It says what runs where, starts nothing again that ends, and ends
 * all of it when it is asked to. All that it makes lies in a folder of its own, which goes with it; --keep leaves it.
 */
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { loadEnvironment } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'
import { untilSignal } from '../runtime/shutdown.ts'
import { installRuntime } from '../temporal/workers.ts'
import { spawnProcess } from '../test/support/process.ts'
import { startFoundations } from './cluster/foundations.ts'
import { CLUSTER_WORKERS, type Member, planMembers } from './cluster/members.ts'
import { clusterSettings } from './cluster/settings.ts'

const READY_WITHIN_MS = 120_000

run(async () => {
  const { simulator, rows, bytes, keep } = readOptions()
  const asked = untilSignal()
  installRuntime(pino({ level: 'silent' }))
  await using started = new AsyncDisposableStack()
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-cluster-'))
  if (!keep) started.defer(() => rm(dataDir, { recursive: true, force: true }))
  const ports = { temporalPort: 7233, uiPort: 8233 }
  const foundations = await startFoundations({ dataDir, rows, bytes, simulator: simulator ? {} : null, ...ports })
  started.defer(() => foundations.stop())
  const members = await planMembers({
    ...{ servers: 2, workers: CLUSTER_WORKERS, port: 4000, dataDir },
    apart: rows === 'postgres' && bytes === 's3',
    env: { ...clusterSettings(loadEnvironment()), ...foundations.env },
  })
  const logs = path.join(dataDir, 'logs')
  await mkdir(logs)
  for (const [name, place] of foundations.places) console.log(`${name.padEnd(10)} ${place}`)
  const running = members.map((member) => start(member, path.join(logs, `${member.name}.log`)))
  started.defer(async () => {
    await Promise.all(running.map((each) => each.end()))
  })
  await Promise.race([asked, Promise.all(running.map((each) => each.ready))])
  console.log(`The cluster is ready; its logs are in ${logs}. Ctrl-C ends it.`)
  await asked
  console.log('Ending: what runs gets 25 seconds.')
})

function readOptions() {
  const { values } = parseArgs({
    options: {
      simulator: { type: 'boolean', default: false },
      rows: { type: 'string', default: 'postgres' },
      bytes: { type: 'string', default: 's3' },
      keep: { type: 'boolean', default: false },
    },
  })
  const { simulator, keep, rows, bytes } = values
  if (rows !== 'postgres' && rows !== 'sqlite') throw new Error(`--rows is postgres or sqlite, not "${rows}".`)
  if (bytes !== 's3' && bytes !== 'files') throw new Error(`--bytes is s3 or files, not "${bytes}".`)
  return { simulator, keep, rows, bytes } as const
}

function start({ name, script, args, env, place }: Member, log: string) {
  const stderr = openSync(log, 'a')
  const spawned = spawnProcess(script, env, { stderr, withinMs: READY_WITHIN_MS }, args)
  closeSync(stderr)
  const { child } = spawned
  console.log(`${name.padEnd(10)} ${place} (process ${child.pid})`)
  child.once('exit', (code, signal) => {
    if (code === 0) return console.log(`${name} ended.`)
    const last = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')
    console.log(`${name} ended (${signal ?? `code ${code}`}). Its log (${log}) ends:\n${last}`)
  })
  return spawned
}
