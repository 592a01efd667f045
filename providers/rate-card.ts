/**
 * The rate card: what the providers charge, by model, resolution and sound, with where and when that was read. Estimates,
 * purchases and GET /models read their prices here and nowhere else. A purchase keeps the price that it was made for in
 * the ledger, so a change here changes nothing that was bought.
 *
 * The simulator bills by a table of its own (simulator/prices.ts), so that the tests hold one against the other.
 *
 * Not counted: storyboards by x.ai, which are written before anybody approves. One takes some 10,000 tokens, photos
 * included, of $0.20 a million in and $0.50 a million out (docs.x.ai/docs/models, 2026): a quarter of a cent.
 */

/** Where prices were read. */
export interface PriceSource {
  /** A page, without its scheme. */
  page: string
  /** ISO 8601, as exact as it is known: a day, a month or a year. */
  asOf: string
}

export interface Rate {
  /** Of what it is the price: a second of output, a run however long its output is, a character of text. */
  unit: 'second' | 'run' | 'character'
  microUsd: number
  /** Of video. */
  resolution?: string
  /** Of video: whether it comes with sound. */
  audio?: boolean
  /** Where a run's price is that of one length only: of that, in seconds. */
  seconds?: number
}

export interface RateCard {
  source: PriceSource
  rates: readonly Rate[]
}

/** By the models' names at the provider. */
export const RATE_CARDS = {
  'google/veo-3.1': {
    // The page of veo-3 says the same.
    source: { page: 'replicate.com/google/veo-3.1', asOf: '2026-04' },
    rates: [
      { unit: 'second', resolution: '720p', audio: false, microUsd: 200_000 },
      { unit: 'second', resolution: '720p', audio: true, microUsd: 400_000 },
      { unit: 'second', resolution: '1080p', audio: false, microUsd: 200_000 },
      { unit: 'second', resolution: '1080p', audio: true, microUsd: 400_000 },
    ],
  },
  'google/veo-3.1-fast': {
    // Of veo-3-fast, as other vendors quote it: the page itself was not at hand. Hold it against the page before buying much.
    source: { page: 'replicate.com/google/veo-3.1-fast', asOf: '2025' },
    rates: [
      { unit: 'second', resolution: '720p', audio: false, microUsd: 100_000 },
      { unit: 'second', resolution: '720p', audio: true, microUsd: 150_000 },
      { unit: 'second', resolution: '1080p', audio: false, microUsd: 100_000 },
      { unit: 'second', resolution: '1080p', audio: true, microUsd: 150_000 },
    ],
  },
  'minimax/hailuo-02': {
    source: { page: 'replicate.com/minimax/hailuo-02', asOf: '2025' },
    rates: [
      { unit: 'second', resolution: '512p', audio: false, microUsd: 25_000 },
      { unit: 'second', resolution: '768p', audio: false, microUsd: 45_000 },
      { unit: 'second', resolution: '1080p', audio: false, microUsd: 80_000 },
    ],
  },
  // The page itself was not at hand. The two of 768p are another vendor's, as quoted in 2025; that of 1080p was read nowhere.
  'minimax/hailuo-2.3': {
    source: { page: 'replicate.com/minimax/hailuo-2.3', asOf: '2025' },
    rates: [
      { unit: 'run', resolution: '768p', audio: false, seconds: 6, microUsd: 280_000 },
      { unit: 'run', resolution: '768p', audio: false, seconds: 10, microUsd: 560_000 },
      { unit: 'run', resolution: '1080p', audio: false, seconds: 6, microUsd: 490_000 },
    ],
  },
  // The page was not at hand. That of 480p is what another vendor asks, $0.15 for 5 s and $0.30 for 10 s, and that of 1080p
  // more than the $0.60 for 5 s that the same asks (wavespeed.ai/docs, bytedance-seedance-v1-pro-i2v-480p and -1080p, read on
  // 2026-11-26); that of 720p was read nowhere that could be named. ByteDance's own price, $2.50 for a million tokens of 1,024
  // pixels, would make it $0.024, $0.054 and $0.122.
  'bytedance/seedance-1-pro': {
    source: { page: 'replicate.com/bytedance/seedance-1-pro', asOf: '2025' },
    rates: [
      { unit: 'second', resolution: '480p', audio: false, microUsd: 30_000 },
      { unit: 'second', resolution: '720p', audio: false, microUsd: 60_000 },
      { unit: 'second', resolution: '1080p', audio: false, microUsd: 150_000 },
    ],
  },
  /**
   * An estimate, because community models are billed by GPU time: an Nvidia A100 (80 GB) at $0.0014 a second for about
   * 50 s. Lists made in 2025 and 2026 quote $0.064 to $0.085 a run, of any length.
   */
  'meta/musicgen': {
    source: { page: 'replicate.com/pricing', asOf: '2026' },
    rates: [{ unit: 'run', microUsd: 70_000 }],
  },
  // From lists of 2026 of that page.
  'resemble-ai/chatterbox-pro': {
    source: { page: 'replicate.com/resemble-ai/chatterbox-pro', asOf: '2026-11-25' },
    rates: [{ unit: 'character', microUsd: 40 }],
  },
} satisfies Record<string, RateCard>

/** What is bought of a model, as far as its price depends on that. */
export interface Bought {
  resolution?: string
  audio?: boolean
  /** Of output. */
  seconds?: number
  /** Of text. */
  characters?: number
}

/** The rate by which that is billed; undefined where the card has none. */
export function rateOf({ rates }: RateCard, { resolution, audio, seconds }: Bought): Rate | undefined {
  return rates.find(
    (rate) =>
      rate.resolution === resolution &&
      rate.audio === audio &&
      (rate.seconds === undefined || seconds === undefined || rate.seconds === seconds),
  )
}

/**
 * Micro-USD.
 * @throws Error when the card has no rate for that
 */
export function priceMicroUsd(card: RateCard, bought: Bought): number {
  const rate = rateOf(card, bought)
  if (!rate) throw new Error(`The rate card of ${card.source.page} has no price for ${JSON.stringify(bought)}.`)
  if (rate.unit === 'second') return Math.round(rate.microUsd * (bought.seconds ?? 0))
  return rate.unit === 'character' ? rate.microUsd * (bought.characters ?? 0) : rate.microUsd
}
