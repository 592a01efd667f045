/**
 * What a process counts of its own work, for Prometheus: calls to the providers, purchases, and what ffmpeg does. Labels have
 * few values each: models that we know, kinds of failure, verbs; never an id.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Figures {
  registry: Registry
  /** A call to a provider has ended. */
  called(call: { operation: string; model: string; outcome: string }, seconds: number): void
  /** A prediction was bought; US dollars. */
  bought(model: string, usd: number): void
  /** A verb of media/ has ended. */
  mediaRan(run: { verb: string; outcome: string }, seconds: number): void
  /** One more ffmpeg runs, or one less. */
  ffmpegs(change: 1 | -1): void
}

/** Make it once a process. */
export function createFigures(): Figures {
  const registry = new Registry()
  const registers = [registry]
  const calls = new Histogram({
    name: 'greenlight_provider_request_duration_seconds',
    help: 'Calls to the paid models, until their answer is read; of a download, until it begins',
    labelNames: ['operation', 'model', 'outcome'],
    buckets: [0.05, 0.25, 1, 2.5, 5, 10, 20, 60],
    registers,
  })
  const limited = new Counter({
    name: 'greenlight_provider_rate_limited_total',
    help: 'Calls to the paid models that were answered by 429',
    labelNames: ['operation'],
    registers,
  })
  const purchases = new Counter({
    name: 'greenlight_purchases_total',
    help: 'Predictions bought by this process',
    labelNames: ['model'],
    registers,
  })
  const purchased = new Counter({
    name: 'greenlight_purchases_usd_total',
    help: 'US dollars that these cost if they succeed; greenlight_spend_usd has what is billed',
    labelNames: ['model'],
    registers,
  })
  const media = new Histogram({
    name: 'greenlight_media_duration_seconds',
    help: 'What is done with ffmpeg and ffprobe',
    labelNames: ['verb', 'outcome'],
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 120, 600],
    registers,
  })
  const running = new Gauge({ name: 'greenlight_ffmpeg_running', help: 'ffmpegs that run now', registers })
  return {
    registry,
    called({ operation, model, outcome }, seconds) {
      calls.observe({ operation, model, outcome }, seconds)
      if (outcome === 'ProviderRateLimited') limited.inc({ operation })
    },
    bought(model, usd) {
      purchases.inc({ model })
      purchased.inc({ model }, usd)
    },
    mediaRan: (run, seconds) => media.observe(run, seconds),
    ffmpegs: (change) => running.inc(change),
  }
}
