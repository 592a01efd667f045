import { pino } from 'pino'
import { expect, it } from 'vitest'
import { installRuntime } from '../../temporal/workers.ts'
import { makePlan } from './plan.ts'
import { runChaos } from './run.ts'
import { table } from './table.ts'
import { ONE_OF_EACH } from './topology.ts'

installRuntime(pino({ level: 'silent' }))

it('keeps the promise in a short run of chaos (npm run chaos runs longer ones)', async () => {
  const outcome = await runChaos(makePlan({ seed: 1, jobs: 4, scenes: 3, kills: 6 }), ONE_OF_EACH)
  expect(outcome.violations, table(outcome)).toEqual([])
  expect(outcome.seen).toHaveLength(4)
  expect(outcome.doublePayments).toBe(0)
}, 240_000)
