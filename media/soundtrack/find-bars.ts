import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { MediaError } from '../errors.ts'
import type { Beat } from './track-beats.ts'

/** Bars of a music with an even tempo. */
export interface Bars {
  /** When one of them begins (seconds). */
  begin: number
  /** Seconds. */
  length: number
}

const BEATS_A_BAR = 4
/** Fewer are too few to know a tempo by. */
const MIN_BEATS = 12
/** Seconds. Beats that are so far from an even grid, as root mean square, are not of an even tempo. */
const MAX_UNEVENNESS = 0.015
/** Seconds. Where beats are closer, every second one may be between two real ones: eight are whole bars either way. */
const DOUBTFUL_PERIOD = 0.42
/** Seconds. A beat is heard in the spectrum up to so long after it began. */
const LATENESS = 0.02

/**
 * Finds the bars of a piece of music by listening to it (BeatRoot, in music-tempo); null where it has no clear, even
 * tempo. A bar is taken to have four beats. Throws a MediaError.
 * @param path a WAV of ours
 */
export async function findBars(path: string, signal?: AbortSignal): Promise<Bars | null> {
  return barsOf(await trackedBeats(path, signal))
}

function barsOf(beats: Beat[]): Bars | null {
  if (beats.length < MIN_BEATS) return null
  const grid = evenGrid(beats.map(({ time }) => time))
  if (!grid) return null
  const beatsABar = grid.period < DOUBTFUL_PERIOD ? 2 * BEATS_A_BAR : BEATS_A_BAR
  const strongest = strongestOf(beats, grid, beatsABar)
  return { begin: grid.begin + strongest * grid.period - LATENESS, length: beatsABar * grid.period }
}

interface Grid {
  begin: number
  period: number
}

/** The even grid that is nearest to all the beats (least squares). */
function evenGrid(times: number[]): Grid | null {
  const first = times[0] ?? 0
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  const usual = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0
  if (usual <= 0) return null
  const numbers = times.map((time) => Math.round((time - first) / usual))
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanTime, meanNumber] = [mean(times), mean(numbers)]
  const products = numbers.map((number, index) => (number - meanNumber) * ((times[index] ?? 0) - meanTime))
  const period = mean(products) / mean(numbers.map((number) => (number - meanNumber) ** 2))
  const begin = meanTime - period * meanNumber
  const errors = numbers.map((number, index) => ((times[index] ?? 0) - begin - number * period) ** 2)
  return Math.sqrt(mean(errors)) <= MAX_UNEVENNESS ? { begin, period } : null
}

/** Which of the beats of a bar is its first: the one with which most begins to sound. */
function strongestOf(beats: Beat[], { begin, period }: Grid, beatsABar: number): number {
  const sums = Array<number>(beatsABar).fill(0)
  for (const { time, strength } of beats) {
    const place = ((Math.round((time - begin) / period) % beatsABar) + beatsABar) % beatsABar
    sums[place] = (sums[place] ?? 0) + strength
  }
  return sums.indexOf(Math.max(...sums))
}

function trackedBeats(path: string, signal?: AbortSignal): Promise<Beat[]> {
  const worker = new Worker(join(import.meta.dirname, 'track-beats.ts'), { workerData: path, execArgv: [] })
  const { promise, resolve, reject } = Promise.withResolvers<Beat[]>()
  const abort = () => reject(new MediaError('aborted', 'Stopped: no longer wanted (find the beat of the music).'))
  worker.on('message', resolve)
  worker.on('error', reject)
  worker.on('exit', () => reject(new MediaError('failed', 'The beat of the music could not be looked for.')))
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  return promise.finally(() => {
    signal?.removeEventListener('abort', abort)
    return worker.terminate()
  })
}
