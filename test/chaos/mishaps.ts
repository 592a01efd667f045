/** What goes wrong at the provider: with one purchase, or with any. */
import type { FaultRule } from '../../simulator/index.ts'
import type { Dice } from './dice.ts'

export interface Mishap {
  name: string
  /** Draws the rules; each still lacks what it matches. */
  faults(dice: Dice): Omit<FaultRule, 'match'>[]
}

/** What no attempt by itself gets over, and what the job then has to say. */
export interface Misfortune {
  name: string
  fault: FaultRule['fault']
  /** How often it strikes before the job fails. */
  strikes: number
  reason: RegExp
}

const once = (fault: FaultRule['fault']) => () => [{ times: 1, fault }]
const nowAndAgain = (fault: FaultRule['fault']) => (dice: Dice) => [{ times: dice.between(1, 2), fault }]
const always = (fault: FaultRule['fault']) => () => [{ fault }]

/** Longer than SUBMIT_TIMEOUT in run.ts, and well within the time to settle after it. */
const LATE_MS = 3_500

/** What a job has to get over. */
export const MISHAPS: readonly Mishap[] = [
  { name: 'webhook lost', faults: always({ kind: 'webhook', action: 'lose' }) },
  { name: 'webhook repeated', faults: always({ kind: 'webhook', action: 'repeat' }) },
  {
    name: 'webhook delayed',
    faults: (dice) => [{ fault: { kind: 'webhook', action: 'delay', ms: dice.between(200, 4_000) } }],
  },
  { name: 'webhook reordered', faults: always({ kind: 'webhook', action: 'reorder' }) },
  { name: 'reset before creation', faults: nowAndAgain({ kind: 'reset', when: 'before' }) },
  { name: 'reset after creation', faults: once({ kind: 'reset', when: 'after' }) },
  { name: 'arrives late', faults: once({ kind: 'stall', then_ms: LATE_MS }) },
  { name: 'never answered', faults: once({ kind: 'stall' }) },
  { name: '500', faults: nowAndAgain({ kind: 'status', status: 500 }) },
  { name: '503', faults: nowAndAgain({ kind: 'status', status: 503 }) },
  {
    name: '429',
    faults: (dice) => [{ times: dice.between(1, 3), fault: { kind: 'status', status: 429, retry_after: 1 } }],
  },
  { name: 'interrupted', faults: nowAndAgain({ kind: 'fail', error: 'internal' }) },
  { name: 'output cut short', faults: once({ kind: 'output', action: 'truncate' }) },
  { name: 'output gone', faults: once({ kind: 'output', action: 'gone' }) },
  { name: 'refused once', faults: once({ kind: 'fail', error: 'moderation' }) },
]

/** What a job fails of. */
export const MISFORTUNES: readonly Misfortune[] = [
  {
    name: 'refused again and again',
    fault: { kind: 'fail', error: 'moderation' },
    strikes: 2,
    reason: /content filter refused/,
  },
  { name: 'out of credit', fault: { kind: 'status', status: 402 }, strikes: 1, reason: /no credit left/ },
  {
    name: 'out of memory',
    fault: { kind: 'fail', error: 'CUDA out of memory' },
    strikes: 1,
    reason: /CUDA out of memory/,
  },
  { name: 'hangs', fault: { kind: 'hang' }, strikes: 1, reason: /had not ended after|canceled at the provider/ },
  { name: 'aborted', fault: { kind: 'abort' }, strikes: 1, reason: /canceled at the provider/ },
]

/**
 * What strikes anybody: two storms of 429, and exchanges that break now and then.
 * @param purchases how many predictions are bought about
 */
export function weather(dice: Dice, purchases: number): FaultRule[] {
  const any = (match: FaultRule['match'], probability: number, fault: FaultRule['fault']): FaultRule => {
    return { match, probability, seed: dice.seed(), fault }
  }
  const storm = (from: number): FaultRule => {
    const fault = { kind: 'status', status: 429, retry_after: dice.between(1, 3) } as const
    return { match: { from }, times: dice.between(Math.ceil(purchases / 15), Math.ceil(purchases / 6)), fault }
  }
  const look = { method: 'GET', path: '/v1/predictions/*' }
  const list = { method: 'GET', path: '/v1/predictions' }
  const output = { method: 'GET', path: '/files/out/*' }
  const chat = { path: '/v1/chat/completions' }
  return [
    storm(dice.between(2, Math.ceil(purchases / 3))),
    storm(dice.between(Math.ceil(purchases / 3), Math.ceil(purchases / 1.5))),
    any(look, 0.03, { kind: 'reset', when: 'before' }),
    any(look, 0.03, { kind: 'status', status: 429, retry_after: 1 }),
    any(look, 0.03, { kind: 'status', status: 503 }),
    any(list, 0.1, { kind: 'status', status: 503 }),
    any(output, 0.05, { kind: 'reset', when: 'midway' }),
    any(output, 0.03, { kind: 'status', status: 503 }),
    any(chat, 0.1, { kind: 'status', status: 503 }),
    any(chat, 0.05, { kind: 'reset', when: 'before' }),
  ]
}
