/**
 * `npm run chaos -- --seed n --jobs n --scenes n --kills n`: attacks the whole of Greenlight, as real processes, with
 * kill -9 and a provider that goes wrong, and checks that nothing was lost and nothing paid for twice. The seed repeats
 * every choice. Without --seed, one is drawn and told. With --postgres the rows are in PostgreSQL.
 */
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { run } from '../runtime/main.ts'
import { installRuntime } from '../temporal/workers.ts'
import { runChaos } from '../test/chaos/run.ts'
import { table } from '../test/chaos/table.ts'
import { startPostgres } from './postgres/server.ts'

run(async () => {
  const { postgres, ...size } = readOptions()
  installRuntime(pino({ level: 'silent' }))
  console.log(`Seed ${size.seed}: ${size.jobs} jobs of ${size.scenes} scenes, ${size.kills} kills.`)
  const rows = postgres ? await startPostgres() : null
  const outcome = await runChaos(size, console.log, rows?.url('postgres')).finally(() => rows?.stop())
  console.log(`\n${table(outcome)}`)
  if (outcome.violations.length > 0) {
    throw new Error(`\nSeed ${size.seed} violated the promise; its data is in ${outcome.dataDir}.`)
  }
})

function readOptions() {
  const text = { type: 'string' } as const
  const flag = { postgres: { type: 'boolean' } } as const
  const { values } = parseArgs({ options: { seed: text, jobs: text, scenes: text, kills: text, ...flag } })
  const whole = (name: Exclude<keyof typeof values, 'postgres'>, fallback: number, least: number) => {
    const given = values[name]
    if (given === undefined) return fallback
    if (!/^\d{1,9}$/.test(given) || Number(given) < least) {
      throw new Error(`--${name} is a whole number from ${least} on, not "${given}".`)
    }
    return Number(given)
  }
  return {
    seed: whole('seed', Math.floor(Math.random() * 1e6), 0),
    jobs: whole('jobs', 20, 1),
    scenes: whole('scenes', 6, 1),
    kills: whole('kills', 30, 0),
    postgres: values.postgres ?? false,
  }
}
