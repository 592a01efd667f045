import { pino } from 'pino'
import { expect, it } from 'vitest'
import { installRuntime } from '../../temporal/workers.ts'
import { makeClusterPlan } from './cluster-plan.ts'
import { clusterTable } from './cluster-table.ts'
import { runChaos } from './run.ts'
import { CLUSTER } from './topology.ts'

installRuntime(pino({ level: 'silent' }))

it('loses no job and no request while the servers and workers of a cluster are killed in turn (npm run chaos -- --cluster runs longer ones)', async () => {
  const outcome = await runChaos(makeClusterPlan({ seed: 1, jobs: 4, scenes: 2, kills: 4 }), CLUSTER)
  expect(outcome.violations, clusterTable(outcome)).toEqual([])
  expect(outcome.seen).toHaveLength(4)
  expect(outcome.doublePayments).toBe(0)
}, 240_000)
