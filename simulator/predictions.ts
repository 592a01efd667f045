/**
 * Every prediction that was ever created, in memory and in a journal of JSON lines, one for each change. The last line of
 * a prediction counts, so a simulator that was killed comes back with its bill.
 */

import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { PredictionFaults } from './faults.ts'
import type { Input } from './models.ts'

export type PredictionStatus = 'starting' | 'processing' | 'succeeded' | 'failed' | 'canceled' | 'aborted'

export const WEBHOOK_EVENTS = ['start', 'output', 'logs', 'completed'] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]

export interface Prediction {
  id: string
  /** Counts up from 1, in the order of creation. */
  number: number
  model: string
  /** "hidden" for an official model. */
  version: string
  /** As it was received. */
  input: Input
  status: PredictionStatus
  created_at: string
  started_at: string | null
  completed_at: string | null
  /** When it is ended by `Cancel-After`. */
  deadline: string | null
  error: string | null
  logs: string
  /** The name of the output file; null until it succeeds. */
  output: string | null
  webhook: string | null
  webhook_events: WebhookEvent[]
  faults: PredictionFaults
  /** Seconds of video or music asked for. */
  seconds: number
  billed: boolean
  price_usd: number
}

const PAGE_SIZE = 100

export class PredictionStore {
  readonly #journal: string
  readonly #byId = new Map<string, Prediction>()
  /** Oldest first. */
  #all: Prediction[] = []

  /** @param dir an existing folder; a journal in it is taken up */
  constructor(dir: string) {
    this.#journal = path.join(dir, 'predictions.jsonl')
    if (!existsSync(this.#journal)) return
    const text = readFileSync(this.#journal, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    // A last line cut short by a kill was never answered for.
    if (whole.length < text.length) writeFileSync(this.#journal, whole)
    for (const line of whole.split('\n')) {
      if (line) this.#keep(JSON.parse(line) as Prediction)
    }
    this.#all = [...this.#byId.values()].sort((a, b) => a.number - b.number)
  }

  /** Stores a new prediction. Its line is written before the caller can answer. */
  create(fields: Omit<Prediction, 'id' | 'number'>): Prediction {
    const prediction = { id: randomId(), number: (this.#all.at(-1)?.number ?? 0) + 1, ...fields }
    this.#keep(prediction)
    this.#all.push(prediction)
    this.save(prediction)
    return prediction
  }

  /** Writes down what has changed about a prediction. */
  save(prediction: Prediction): void {
    appendFileSync(this.#journal, `${JSON.stringify(prediction)}\n`)
  }

  get(id: string): Prediction | undefined {
    return this.#byId.get(id)
  }

  /** Oldest first. */
  all(): readonly Prediction[] {
    return this.#all
  }

  /**
   * A page of at most 100 predictions, newest first.
   * @param within inclusive start and exclusive end of their creation, in milliseconds since 1970
   * @param cursor from an earlier page's `next` or `previous`
   */
  page(within: { after: number; before: number }, cursor: Cursor | null) {
    const chosen = this.#all
      .filter(({ created_at }) => Date.parse(created_at) >= within.after && Date.parse(created_at) < within.before)
      .reverse()
    let start = 0
    if (cursor?.direction === 'next') start = firstIndex(chosen, ({ number }) => number < cursor.number)
    if (cursor?.direction === 'previous') {
      start = Math.max(0, firstIndex(chosen, ({ number }) => number <= cursor.number) - PAGE_SIZE)
    }
    const items = chosen.slice(start, start + PAGE_SIZE)
    const first = items.at(0)
    const last = items.at(-1)
    const next: Cursor | null =
      last && start + PAGE_SIZE < chosen.length ? { direction: 'next', number: last.number } : null
    const previous: Cursor | null = first && start > 0 ? { direction: 'previous', number: first.number } : null
    return { items, next, previous }
  }

  /** Forgets everything, the journal too. */
  clear(): void {
    this.#byId.clear()
    this.#all = []
    rmSync(this.#journal, { force: true })
  }

  #keep(prediction: Prediction): void {
    this.#byId.set(prediction.id, prediction)
  }
}

/** Where a page ends, and which way to go on from there. */
export interface Cursor {
  direction: 'next' | 'previous'
  /** The number of the prediction at the page's edge. */
  number: number
}

function firstIndex<T>(list: readonly T[], test: (item: T) => boolean): number {
  const index = list.findIndex(test)
  return index === -1 ? list.length : index
}

/** 26 lower-case letters and digits, as Replicate's ids are. */
export function randomId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  return Array.from(randomBytes(26), (byte) => alphabet[byte % 32]).join('')
}

export function isFinal(status: PredictionStatus): boolean {
  return status !== 'starting' && status !== 'processing'
}
