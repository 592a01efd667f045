interface Tried {
  /** dB */
  gain: number
  /** LUFS */
  loudness: number
}

/** How much more gain than what is missing is tried first: a limiter takes back a part of every decibel. */
const OVERSHOOT = 1.6

/** Looks for the gain with which limited sound has a loudness. More gain is never quieter, so it lies between two tries. */
export class GainSearch {
  readonly #target: number
  #below: Tried | null = null
  #above: Tried | null = null

  /** @param target LUFS */
  constructor(target: number) {
    this.#target = target
  }

  /** The gain to try next (dB), after one came to so much loudness (LUFS). */
  next(gain: number, loudness: number): number {
    if (loudness < this.#target) this.#below = { gain, loudness }
    else this.#above = { gain, loudness }
    const [below, above] = [this.#below, this.#above]
    if (!below || !above) return gain + OVERSHOOT * (this.#target - loudness)
    const share = (this.#target - below.loudness) / (above.loudness - below.loudness)
    return below.gain + share * (above.gain - below.gain)
  }
}
