/** Takes predictions through their life: starting, processing, and one of four ends. */

import { PredictionError } from './input-files.ts'
import { findModel, withDefaults } from './models.ts'
import { isFinal, type Prediction, type PredictionStore } from './predictions.ts'
import { present } from './present.ts'
import { priceUsd } from './prices.ts'
import { type Product, produce, type Workshop } from './produce.ts'
import { sleep } from './sleep.ts'
import type { Webhooks } from './webhooks.ts'

/** How long a prediction is "starting": a moment, in which it can still be aborted without being billed. */
const START_MS = 150
const START_FAST_MS = 5

/** Node fires later timers at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const ERRORS: Record<string, string> = {
  moderation: 'The input or output was flagged as sensitive. Please try again with different inputs. (E005)',
  internal: 'Prediction interrupted; please retry (code: PA)',
}

export class Runner {
  readonly #shop: Workshop
  readonly #store: PredictionStore
  readonly #webhooks: Webhooks
  readonly #stopped: AbortSignal
  /** What stops a running prediction, by id. */
  readonly #running = new Map<string, AbortController>()
  readonly #ended = new Map<string, Promise<void>>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(shop: Workshop, store: PredictionStore, webhooks: Webhooks, stopped: AbortSignal) {
    this.#shop = shop
    this.#store = store
    this.#webhooks = webhooks
    this.#stopped = stopped
    stopped.addEventListener('abort', () => {
      for (const timer of this.#timers) clearTimeout(timer)
    })
  }

  /** Takes up what an earlier simulator on the same folder left behind. */
  resume(): void {
    for (const prediction of this.#store.all()) {
      if (!isFinal(prediction.status)) this.start(prediction)
      else this.#forgetOutputLater(prediction)
    }
  }

  /** Starts a prediction and returns at once. */
  start(prediction: Prediction): void {
    const controller = new AbortController()
    const signal = AbortSignal.any([controller.signal, this.#stopped])
    this.#running.set(prediction.id, controller)
    if (prediction.deadline) {
      this.#later(Date.parse(prediction.deadline) - Date.now(), () => this.#stop(prediction, 'deadline'))
    }
    const ended = this.#run(prediction, signal)
      .catch((error: unknown) => this.#fail(prediction, error))
      .finally(() => {
        this.#running.delete(prediction.id)
        this.#ended.delete(prediction.id)
      })
    this.#ended.set(prediction.id, ended)
  }

  /** Waits until a prediction has ended, or the time is over. */
  async waitFor(prediction: Prediction, ms: number): Promise<void> {
    const given = new AbortController()
    const signal = AbortSignal.any([given.signal, this.#stopped])
    await Promise.race([this.#ended.get(prediction.id), sleep(ms, signal).catch(() => {})])
    given.abort()
  }

  /** Cancels a prediction; one that has ended stays as it is. */
  cancel(prediction: Prediction): void {
    this.#stop(prediction, 'user')
  }

  /** Stops everything that runs, without a word to its webhooks. Resolves when nothing runs any more. */
  async abandonAll(): Promise<void> {
    for (const controller of this.#running.values()) controller.abort()
    await Promise.all(this.#ended.values())
  }

  async #run(prediction: Prediction, signal: AbortSignal): Promise<void> {
    const { fast, renderMs } = this.#shop.settings
    const model = findModel(prediction.model)
    if (!model) throw new PredictionError(`Unknown model ${prediction.model}`)
    await sleep(fast ? START_FAST_MS : START_MS, signal)
    if (prediction.faults.abort) return this.#end(prediction, 'aborted', {})
    prediction.status = 'processing'
    prediction.started_at = new Date().toISOString()
    prediction.logs = `Running ${prediction.model} (prediction #${prediction.number})\n`
    this.#store.save(prediction)
    this.#tell(prediction, 'start')
    this.#tell(prediction, 'logs')
    if (prediction.faults.hang) await sleep(Number.POSITIVE_INFINITY, signal)
    const held = sleep(renderMs, signal)
    if (prediction.faults.fail) {
      await held
      throw new PredictionError(ERRORS[prediction.faults.fail] ?? prediction.faults.fail)
    }
    const { input, number } = prediction
    const [{ output, rendered }] = await Promise.all([produce(this.#shop, { model, input, number }, signal), held])
    if (prediction.faults.output === 'truncate') await this.#shop.outputs.truncate(output)
    if (prediction.faults.output === 'gone') await this.#shop.outputs.remove(output)
    signal.throwIfAborted()
    this.#end(prediction, 'succeeded', { output, rendered })
  }

  #fail(prediction: Prediction, error: unknown): void {
    // Canceled (its end is written already), or the simulator stops (then the next one on this folder runs it again).
    if (isFinal(prediction.status) || this.#stopped.aborted || this.#running.get(prediction.id)?.signal.aborted) return
    const text = error instanceof PredictionError ? error.message : `Unexpected error: ${error}`
    this.#end(prediction, 'failed', { error: text })
  }

  #stop(prediction: Prediction, reason: 'user' | 'deadline'): void {
    if (isFinal(prediction.status)) return
    prediction.logs += reason === 'user' ? 'Canceled by the user\n' : 'Deadline exceeded\n'
    this.#end(prediction, reason === 'deadline' && !prediction.started_at ? 'aborted' : 'canceled', {})
    this.#running.get(prediction.id)?.abort()
  }

  #end(prediction: Prediction, status: Prediction['status'], result: Partial<Product> & { error?: string }): void {
    const model = findModel(prediction.model)
    prediction.status = status
    prediction.completed_at = new Date().toISOString()
    prediction.output = result.output ?? null
    prediction.error = result.error ?? null
    if (result.output) prediction.logs += 'Done\n'
    // What ran is billed, also when it was canceled midway, as what it was to become; what failed or never started is not.
    prediction.billed = status === 'succeeded' || (status === 'canceled' && prediction.started_at !== null)
    prediction.price_usd = 0
    if (prediction.billed && model) {
      prediction.price_usd = priceUsd(model.name, { ...withDefaults(model, prediction.input), ...result.rendered })
    }
    this.#store.save(prediction)
    this.#forgetOutputLater(prediction)
    if (result.output) this.#tell(prediction, 'output')
    this.#tell(prediction, 'completed')
  }

  #tell(prediction: Prediction, event: Parameters<Webhooks['tell']>[1]): void {
    const json = present(prediction, this.#shop.ownUrl, this.#shop.settings.outputTtlMs)
    this.#webhooks.tell(prediction, event, json)
  }

  #forgetOutputLater({ output, completed_at }: Prediction): void {
    if (!output || !completed_at) return
    const gone = Date.parse(completed_at) + this.#shop.settings.outputTtlMs
    this.#later(gone - Date.now(), () => this.#shop.outputs.remove(output).catch(() => {}))
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        act()
      },
      Math.min(ms, LONGEST_TIMER_MS),
    )
    timer.unref()
    this.#timers.add(timer)
  }
}
