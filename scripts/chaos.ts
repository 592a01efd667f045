/**
 * `npm run chaos -- --seed n --jobs n --scenes n --kills n`: attacks the whole of Greenlight, as real processes, with
 * kill -9 and a provider that goes wrong, and checks that nothing was lost and nothing paid for twice. The seed repeats
 * every choice. Without --seed, one is drawn and told. With --postgres the rows are in PostgreSQL. With --cluster two servers
 * and two workers are killed in turn while plain jobs are made, and no request may fail but by a 503 that says when to ask again.
 */
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { run } from '../runtime/main.ts'
import { installRuntime } from '../temporal/workers.ts'
import { makeClusterPlan } from '../test/chaos/cluster-plan.ts'
import { clusterTable } from '../test/chaos/cluster-table.ts'
import { makePlan } from '../test/chaos/plan.ts'
import { runChaos } from '../test/chaos/run.ts'
import { table } from '../test/chaos/table.ts'
import { CLUSTER, ONE_OF_EACH } from '../test/chaos/topology.ts'

run(async () => {
  const { postgres, cluster, ...size } = readOptions()
  installRuntime(pino({ level: 'silent' }))
  console.log(`Seed ${size.seed}: ${size.jobs} jobs of ${size.scenes} scenes, ${size.kills} kills.`)
  const topology = cluster ? CLUSTER : { ...ONE_OF_EACH, rows: postgres ? ('postgres' as const) : ('sqlite' as const) }
  const outcome = await runChaos(cluster ? makeClusterPlan(size) : makePlan(size), topology, console.log)
  console.log(`\n${cluster ? clusterTable(outcome) : table(outcome)}`)
  if (outcome.violations.length > 0) {
    throw new Error(`\nSeed ${size.seed} violated the promise; its data is in ${outcome.dataDir}.`)
  }
})

function readOptions() {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: { seed: text, jobs: text, scenes: text, kills: text, postgres: flag, cluster: flag },
  })
  const { postgres, cluster, ...sizes } = values
  const whole = (name: keyof typeof sizes, fallback: number, least: number) => {
    const given = sizes[name]
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
    postgres,
    cluster,
  }
}
