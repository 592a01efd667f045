/**
 * Remembers how the music that was made here goes, and recognises it when it comes back to be continued: as a part, at
 * another loudness, or encoded again. It compares loudness over time.
 */

import { SAMPLE_RATE, type Sound } from './synth.ts'
import type { Style, Tune } from './tune.ts'

interface Song {
  tune: Tune
  /** The style it ends in. */
  style: Style
  /** Where in the tune the song begins, in seconds. */
  start: number
  contour: Float32Array
}

/** Loudness values a second. */
const CONTOUR_RATE = 50
const COMPARED_SECONDS = 6
/** At the very end an encoder may have added some silence, or a fade. */
const IGNORED_SECONDS = 0.2
const MAX_SONGS = 100
/** Correlation from which two contours are taken for the same music. */
const SAME = 0.9

export interface Recognised {
  tune: Tune
  style: Style
  /** Where in the tune the sound ends, in seconds. */
  end: number
}

export class SongBook {
  #songs: Song[] = []

  remember(sound: Sound, tune: Tune, style: Style, start: number): void {
    this.#songs = [...this.#songs, { tune, style, start, contour: contourOf(sound) }].slice(-MAX_SONGS)
  }

  /** The tune that this sound is part of; null when it is not known. */
  recognise(sound: Sound): Recognised | null {
    const whole = contourOf(sound)
    const sounding = whole.subarray(0, Math.max(0, whole.length - IGNORED_SECONDS * CONTOUR_RATE))
    const ending = sounding.subarray(Math.max(0, sounding.length - COMPARED_SECONDS * CONTOUR_RATE))
    const rest = sound.left.length / SAMPLE_RATE - sounding.length / CONTOUR_RATE
    let best: Recognised | null = null
    let closest = SAME
    for (const { tune, style, start, contour } of this.#songs.toReversed()) {
      for (let offset = 0; offset + ending.length <= contour.length; offset++) {
        const likeness = correlation(ending, contour.subarray(offset, offset + ending.length))
        if (likeness <= closest) continue
        closest = likeness
        best = { tune, style, end: start + (offset + ending.length) / CONTOUR_RATE + rest }
      }
    }
    return best
  }
}

function contourOf({ left, right }: Sound): Float32Array {
  const size = SAMPLE_RATE / CONTOUR_RATE
  const contour = new Float32Array(Math.floor(left.length / size))
  for (let i = 0; i < contour.length; i++) {
    let sum = 0
    for (let k = i * size; k < (i + 1) * size; k++) sum += Math.abs((left[k] ?? 0) + (right[k] ?? 0))
    contour[i] = sum / size
  }
  return contour
}

/** Pearson's correlation, between -1 and 1; 0 when one of them is constant. */
function correlation(a: Float32Array, b: Float32Array): number {
  const n = a.length
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0]
  for (let i = 0; i < n; i++) {
    const x = a[i] ?? 0
    const y = b[i] ?? 0
    sumA += x
    sumB += y
    sumAA += x * x
    sumBB += y * y
    sumAB += x * y
  }
  const spread = Math.sqrt((sumAA - (sumA * sumA) / n) * (sumBB - (sumB * sumB) / n))
  return spread > 0 ? (sumAB - (sumA * sumB) / n) / spread : 0
}
