/**
 * Faults on demand: rules that say which requests or predictions go wrong, and how. They come from the environment
 * (`SIMULATOR_FAULTS`) and from `PUT /simulator/faults`.
 */

import { z } from 'zod'

const milliseconds = z.number().int().min(0)

/** Faults of one HTTP exchange. */
const HttpFault = z.discriminatedUnion('kind', [
  /** The answer comes late. */
  z.strictObject({ kind: z.literal('latency'), ms: milliseconds }),
  /** Refused with this status (429, 402, 403, 500 …) before anything was done. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    /** Seconds, in the body of a 429. */
    retry_after: z.number().min(0).default(1),
    detail: z.string().optional(),
  }),
  /** The connection breaks: before anything was done, after it was done (the answer is lost), or midway in the answer's body. */
  z.strictObject({
    kind: z.literal('reset'),
    when: z.enum(['before', 'after', 'midway']),
    /** How long the second half is waited for in vain (midway). */
    after_ms: milliseconds.default(50),
  }),
  /** The request is carried out after `then_ms`, and its answer is held for `hold_ms` more (for ever by default). */
  z.strictObject({ kind: z.literal('stall'), then_ms: milliseconds.default(0), hold_ms: milliseconds.optional() }),
])

/** Faults of one prediction. */
const PredictionFault = z.discriminatedUnion('kind', [
  /** It fails: with "moderation" or "internal" in Replicate's words, or with this text. Not billed. */
  z.strictObject({ kind: z.literal('fail'), error: z.string().min(1) }),
  /** It stays in processing until someone cancels it or its deadline passes. */
  z.strictObject({ kind: z.literal('hang') }),
  /** It is aborted before it starts. Not billed. */
  z.strictObject({ kind: z.literal('abort') }),
  z.strictObject({
    kind: z.literal('webhook'),
    action: z.enum(['lose', 'repeat', 'delay', 'reorder']),
    /** How late it comes (delay). */
    ms: milliseconds.default(1000),
  }),
  /** Its output: only the first half of the file, or none at all (404). */
  z.strictObject({ kind: z.literal('output'), action: z.enum(['truncate', 'gone']) }),
])

/** What can be wrong with a storyboard (storyboard/spoil.ts). */
const STORYBOARD_FAULTS = [
  'invalid_json',
  'truncated',
  'refusal',
  'content_filter',
  'unknown_assets',
  'wrong_types',
  'wrong_scene_types',
  'too_many',
  'too_few',
  'too_long',
  'obey',
] as const

/** Faults of a storyboard. */
const StoryboardFault = z.strictObject({
  kind: z.literal('storyboard'),
  action: z.enum(STORYBOARD_FAULTS),
})

const RuleSchema = z.strictObject({
  match: z
    .strictObject({
      model: z.string().optional(),
      promptIncludes: z.string().optional(),
      method: z.string().optional(),
      /** `*` stands for any characters. Without it, only creating a prediction is matched (or a chat, by its model). */
      path: z.string().optional(),
      /** Only the nth request or prediction that the rest of the rule matches, from 1. */
      nth: z.number().int().min(1).optional(),
      /** From the nth on: with `times`, a storm in the middle of a run. */
      from: z.number().int().min(1).optional(),
    })
    .default({}),
  /** How often the rule strikes at most. */
  times: z.number().int().min(1).optional(),
  /** Between 0 and 1: how likely it strikes. */
  probability: z.number().min(0).max(1).optional(),
  /** Starts the rule's own random numbers, so that a run can be repeated. */
  seed: z.number().int().default(1),
  fault: z.discriminatedUnion('kind', [...HttpFault.options, ...PredictionFault.options, StoryboardFault]),
})

export type HttpFault = z.infer<typeof HttpFault>
export type StoryboardFault = z.infer<typeof StoryboardFault>
/** As a caller writes it. */
export type FaultRule = z.input<typeof RuleSchema>
type Rule = z.infer<typeof RuleSchema>
type Fault = Rule['fault']

/** The faults of one prediction, drawn when it is created and kept with it. */
export interface PredictionFaults {
  fail?: string
  hang?: true
  abort?: true
  webhook?: { action: 'lose' | 'repeat' | 'delay' | 'reorder'; ms: number }
  output?: 'truncate' | 'gone'
}

/** What a rule is matched against. */
export interface Subject {
  method: string
  path: string
  creates: 'prediction' | 'chat' | null
  model: string | null
  prompt: string
}

const PREDICTION_KINDS: readonly Fault['kind'][] = ['fail', 'hang', 'abort', 'webhook', 'output']
const HTTP_KINDS: readonly Fault['kind'][] = ['latency', 'status', 'reset', 'stall']

interface Entry {
  rule: Rule
  matched: number
  struck: number
  random: () => number
}

export class FaultBook {
  #entries: Entry[] = []

  /**
   * Puts these rules in place of all others.
   * @param rules as `PUT /simulator/faults` takes them: a list of rules
   * @throws {z.ZodError} when a rule is not one
   */
  set(rules: unknown): void {
    this.#entries = z
      .array(RuleSchema)
      .parse(rules)
      .map((rule) => ({ rule, matched: 0, struck: 0, random: randomFrom(rule.seed) }))
  }

  /** Every rule, with how often it matched and how often it struck. */
  list() {
    return this.#entries.map(({ rule, matched, struck }) => ({ ...rule, matched, struck }))
  }

  /** The faults of an HTTP exchange, in the order of their rules. */
  forRequest(subject: Subject): HttpFault[] {
    return this.#draw(HTTP_KINDS, subject) as HttpFault[]
  }

  /** What goes wrong with the storyboard that this request asks for. */
  forStoryboard(subject: Subject): StoryboardFault | undefined {
    return this.#draw(['storyboard'], subject)[0] as StoryboardFault | undefined
  }

  /** What will go wrong with the prediction that this request creates. */
  forPrediction(subject: Subject): PredictionFaults {
    const faults: PredictionFaults = {}
    for (const fault of this.#draw(PREDICTION_KINDS, subject)) {
      if (fault.kind === 'fail') faults.fail ??= fault.error
      if (fault.kind === 'hang') faults.hang = true
      if (fault.kind === 'abort') faults.abort = true
      if (fault.kind === 'webhook') faults.webhook ??= { action: fault.action, ms: fault.ms }
      if (fault.kind === 'output') faults.output ??= fault.action
    }
    return faults
  }

  #draw(kinds: readonly Fault['kind'][], subject: Subject): Fault[] {
    return this.#entries
      .filter((entry) => kinds.includes(entry.rule.fault.kind) && matches(entry.rule, subject) && strikes(entry))
      .map((entry) => entry.rule.fault)
  }
}

function matches({ match, fault }: Rule, subject: Subject): boolean {
  if (match.model !== undefined && match.model !== subject.model) return false
  if (match.promptIncludes !== undefined && !subject.prompt.includes(match.promptIncludes)) return false
  if (match.method !== undefined && match.method.toUpperCase() !== subject.method) return false
  if (match.path !== undefined) return globToRegExp(match.path).test(subject.path)
  if (subject.creates === 'chat') return fault.kind === 'storyboard' || match.model !== undefined
  return subject.creates === 'prediction'
}

function strikes(entry: Entry): boolean {
  const { match, times, probability } = entry.rule
  entry.matched += 1
  if (match.nth !== undefined && entry.matched !== match.nth) return false
  if (match.from !== undefined && entry.matched < match.from) return false
  if (times !== undefined && entry.struck >= times) return false
  if (probability !== undefined && entry.random() >= probability) return false
  entry.struck += 1
  return true
}

function globToRegExp(glob: string): RegExp {
  const literal = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literal.join('.*')}$`)
}

/** Mulberry32: small, fast, and the same on every machine. Numbers from 0 to 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
