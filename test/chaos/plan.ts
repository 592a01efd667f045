/** What a run will do, drawn from its seed before anything is started. */
import type { FaultRule } from '../../simulator/index.ts'
import { createDice, type Dice } from './dice.ts'
import { MISFORTUNES, MISHAPS, weather } from './mishaps.ts'

export interface Size {
  seed: number
  jobs: number
  /** A job. */
  scenes: number
  kills: number
}

const MORTALS = ['server-1', 'worker-1', 'temporal'] as const

export interface PlannedKill {
  /** Such as server-1 or worker-2 (scripts/cluster/members.ts), or temporal. */
  process: string
  /** Milliseconds after all were ready again, or after the kill before. */
  after: number
  /** Milliseconds until it is started again. The embedded Temporal server is started again by those who watch it. */
  down: number
  /** Whether it comes however soon after the kill before, also while processes still start; else all are waited for. */
  starting: boolean
}

export interface PlannedJob {
  /** From 1. */
  number: number
  model: 'veo3' | 'hailuo-02'
  /** Seconds. */
  clipDuration: number
  /** What each scene's prompt is to be. */
  prompts: string[]
  /** Null: no music. */
  music: { prompt: string; merge: boolean } | null
  /** It is created once so many kills have happened. */
  afterKills: number
  /** Milliseconds from its storyboard to its approval. */
  considered: number
  /** Whether its POSTs name an Idempotency-Key, or a lost answer is looked for in the rows. */
  keyed: boolean
  /** Milliseconds from its approval to its cancellation; null: it is not canceled. */
  canceledAfter: number | null
  /** What it will fail of, and has to say so; null: it completes. */
  fails: { of: string; reason: RegExp } | null
  /** What is asked for once it has ended: that a failed one goes on, or that one scene (from 0) is rendered again. */
  afterwards: { retry: true } | { regenerate: number } | null
  /** What it has to get over, by name. */
  mishaps: string[]
}

export interface Plan extends Size {
  planned: PlannedJob[]
  deaths: PlannedKill[]
  rules: FaultRule[]
}

/** Of a run on one of each. */
export function makePlan(size: Size): Plan {
  const dice = createDice(size.seed)
  const rules: FaultRule[] = []
  const planned = Array.from({ length: size.jobs }, (_, index) => planJob(dice, size, index, rules))
  const deaths = Array.from({ length: size.kills }, () => planKill(dice))
  // Their own rules first, so that a storm does not use them up.
  return { ...size, planned, deaths, rules: [...rules, ...weather(dice, size.jobs * size.scenes)] }
}

function planJob(dice: Dice, size: Size, index: number, rules: FaultRule[]): PlannedJob {
  const number = index + 1
  const mishaps: string[] = []
  const strike = (name: string, faults: Omit<FaultRule, 'match'>[], promptIncludes: string) => {
    mishaps.push(name)
    rules.push(...faults.map((rule) => ({ ...rule, match: { promptIncludes } })))
  }
  const befall = (promptIncludes: string) => {
    const mishap = dice.pick(MISHAPS)
    strike(mishap.name, mishap.faults(dice), promptIncludes)
  }
  const model = dice.chance(0.85) ? 'veo3' : 'hailuo-02'
  const tag = (what: string) => `[job ${number} ${what}]`
  const scenes = Array.from({ length: size.scenes }, (_, scene) => tag(`scene ${scene + 1}`))
  const music = dice.chance(0.35) ? { prompt: `${tag('music')} A calm piano`, merge: dice.chance(0.8) } : null
  const misfortune = dice.chance(0.15) ? dice.pick(MISFORTUNES) : null
  const unlucky = dice.pick(scenes)
  const retry = dice.chance(0.6)
  if (misfortune) {
    const { name, fault, strikes } = misfortune
    // One that is retried gets over it in the end.
    strike(name, [retry ? { times: strikes, fault } : { fault }], unlucky)
  }
  for (const scene of scenes) if (dice.chance(0.5) && !(misfortune && scene === unlucky)) befall(scene)
  if (music && dice.chance(0.6)) befall(tag('music'))
  const regenerate = dice.chance(0.2) ? { regenerate: dice.between(0, size.scenes - 1) } : null
  return {
    number,
    model,
    clipDuration: model === 'veo3' ? 4 : 6,
    prompts: scenes.map(promptFor),
    music,
    afterKills: killsBefore(index, size),
    considered: dice.between(0, 2_500),
    keyed: dice.chance(0.5),
    canceledAfter: dice.chance(0.07) ? dice.between(200, 8_000) : null,
    fails: misfortune && { of: misfortune.name, reason: misfortune.reason },
    afterwards: misfortune ? (retry ? { retry } : null) : regenerate,
    mishaps,
  }
}

/** @param scene the name by which a mishap knows it */
export const promptFor = (scene: string) => `${scene} A slow move from the first picture to the last.`

/** How many kills happen before a job begins: the last ones begin while some kills are left to come. */
export const killsBefore = (index: number, { jobs, kills }: Size) => Math.floor((index / jobs) * kills * 0.85)

function planKill(dice: Dice): PlannedKill {
  return {
    process: dice.pick(MORTALS),
    after: dice.between(300, 4_000),
    down: dice.between(100, 2_000),
    starting: dice.chance(0.2),
  }
}
