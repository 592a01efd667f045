/** Tells a prediction's webhook about it: signed, and told again when nobody takes the last word. */

import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Prediction, WebhookEvent } from './predictions.ts'
import type { PredictionJson } from './present.ts'
import { sleep } from './sleep.ts'

const MAX_TRIES = 6
const TIMEOUT_MS = 10_000

interface Message {
  /** The same each time it is sent. */
  id: string
  body: string
}

export class Webhooks {
  /** `whsec_` and 32 bytes in base64: kept in the folder, so that a restart doesn't change it. */
  readonly secret: string
  readonly #retryMs: number
  readonly #signal: AbortSignal
  /** What is being told, by prediction: one message at a time, in order. */
  readonly #told = new Map<string, Promise<void>>()
  /** Earlier messages that wait until the last one was told, by prediction. */
  readonly #held = new Map<string, Message[]>()

  constructor(dir: string, retryMs: number, signal: AbortSignal) {
    const file = path.join(dir, 'webhook-secret')
    if (!existsSync(file)) writeFileSync(file, `whsec_${randomBytes(32).toString('base64')}`, { mode: 0o600 })
    this.secret = readFileSync(file, 'utf8')
    this.#retryMs = retryMs
    this.#signal = signal
  }

  /** Sends an event's webhook when the prediction asks for it, after those sent before. Never throws. */
  tell(prediction: Prediction, event: WebhookEvent, json: PredictionJson): void {
    const { webhook, webhook_events, faults, id } = prediction
    if (!webhook || !webhook_events.includes(event) || faults.webhook?.action === 'lose') return
    const message = { id: `msg_${randomBytes(12).toString('hex')}`, body: JSON.stringify(json) }
    const held = this.#held.get(id) ?? []
    if (faults.webhook?.action === 'reorder' && event !== 'completed') {
      this.#held.set(id, [...held, message])
      return
    }
    this.#held.delete(id)
    const messages = faults.webhook?.action === 'repeat' ? [message, message] : [message, ...held]
    const delay = faults.webhook?.action === 'delay' ? faults.webhook.ms : 0
    const told = (this.#told.get(id) ?? Promise.resolve())
      .then(() => sleep(delay, this.#signal))
      .then(async () => {
        for (const each of messages) await this.#deliver(webhook, each, event === 'completed')
      })
      // Stopped, or nobody listens: what a webhook says can always be asked for.
      .catch(() => {})
      .finally(() => {
        if (this.#told.get(id) === told) this.#told.delete(id)
      })
    this.#told.set(id, told)
  }

  /** Only the last word is insisted on: sent again, at growing intervals, until it is taken. */
  async #deliver(url: string, { id, body }: Message, insist: boolean): Promise<void> {
    for (let attempt = 0; attempt < (insist ? MAX_TRIES : 1); attempt++) {
      if (attempt > 0) await sleep(this.#retryMs * 2 ** (attempt - 1), this.#signal)
      const timestamp = String(Math.floor(Date.now() / 1000))
      const response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Replicate',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${this.#sign(`${id}.${timestamp}.${body}`)}`,
        },
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
      }).catch(() => null)
      await response?.body?.cancel()
      if (response?.ok) return
    }
  }

  #sign(content: string): string {
    const key = Buffer.from(this.secret.slice('whsec_'.length), 'base64')
    return createHmac('sha256', key).update(content).digest('base64')
  }
}
