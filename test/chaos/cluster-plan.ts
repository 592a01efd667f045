/** What a run on a cluster will do: plain jobs, while servers and workers are killed in turn. */
import { createDice } from './dice.ts'
import { killsBefore, type Plan, promptFor, type Size } from './plan.ts'

/** One at a time, so that there always is a server to answer. */
const IN_TURN = ['server-1', 'worker-1', 'server-2', 'worker-2'] as const

export function makeClusterPlan(size: Size): Plan {
  const dice = createDice(size.seed)
  const planned = Array.from({ length: size.jobs }, (_, index) => ({
    number: index + 1,
    model: 'veo3' as const,
    clipDuration: 4,
    prompts: Array.from({ length: size.scenes }, (_, scene) => promptFor(`[job ${index + 1} scene ${scene + 1}]`)),
    music: null,
    afterKills: killsBefore(index, size),
    considered: dice.between(0, 2_500),
    // What decides and has no key can't be repeated by a balancer whose server died over it.
    keyed: true,
    canceledAfter: null,
    fails: null,
    afterwards: null,
    mishaps: [],
  }))
  const deaths = Array.from({ length: size.kills }, (_, index) => ({
    process: IN_TURN[index % IN_TURN.length] ?? IN_TURN[0],
    after: dice.between(300, 4_000),
    down: dice.between(100, 2_000),
    starting: false,
  }))
  return { ...size, planned, deaths, rules: [] }
}
