import { join } from 'node:path'
import { SAMPLE_RATE } from '../profile.ts'
import type { FfmpegInput } from '../run-ffmpeg.ts'
import { exactLength } from '../sound-filters.ts'
import type { MediaTools } from '../tools.ts'
import { GainSearch } from './gain-search.ts'
import { type Loudness, METER, runMeasured } from './loudness.ts'

export interface Source {
  input: FfmpegInput
  /** Of the input as it is. */
  loudness: Loudness
  samples: number
  /** How long it fades out at its end (seconds). */
  fadeSeconds: number
}

interface Wanted {
  /** LUFS; null to leave it as loud as it is. */
  target: number | null
  /** dBTP that no peak may go above. */
  ceiling: number
  /** Where what is made on the way is put. */
  folder: string
  signal?: AbortSignal
}

/** dB. How far the limited sound may be off the target. */
const TOLERANCE = 0.3
const MAX_TRIES = 6

export interface Brought {
  input: FfmpegInput
  filter: string
  /** Whether no gain that was tried was loud enough: nearly all of it is pauses between peaks. */
  isSpent: boolean
}

/**
 * Says how sound comes to a loudness: by an input, and a filter for it. Mostly that is one gain for all of it, so that
 * quiet and loud stay as far apart as they were. Only where peaks would go above the ceiling they are limited, and the
 * gain grown until the loudness is there all the same. Throws a MediaError.
 */
export async function bringToLoudness(
  tools: MediaTools,
  source: Source,
  { target, ceiling, folder, signal }: Wanted,
): Promise<Brought> {
  const { input, loudness } = source
  let gain = target === null ? 0 : target - loudness.integrated
  if (loudness.truePeak + gain <= ceiling) return { input, filter: louder(source, gain), isSpent: false }

  const output = join(folder, 'limited.wav')
  const search = new GainSearch(target ?? 0)
  for (let tries = 1; ; tries++) {
    const { integrated } = await runMeasured(tools, {
      task: 'limit the peaks of the sound',
      inputs: [input],
      filter: `[0:a]${louder(source, gain)},${limited(source, ceiling)},${METER}[a]`,
      options: ['-map', '[a]', '-c:a', 'pcm_f32le', '-f', 'wav'],
      output,
      timeoutSeconds: 1800,
      signal,
    })
    const isThere = target === null || Math.abs(target - integrated) <= TOLERANCE
    if (isThere || tries === MAX_TRIES) {
      return { input: { path: output, demuxer: 'wav' }, filter: 'anull', isSpent: !isThere && integrated < target }
    }
    gain = search.next(gain, integrated)
  }
}

function louder({ samples, fadeSeconds }: Source, gain: number): string {
  const fade = Math.min(samples, Math.round(fadeSeconds * SAMPLE_RATE))
  const faded = fade > 0 ? `,afade=t=out:start_sample=${samples - fade}:nb_samples=${fade}` : ''
  return `volume=${gain.toFixed(3)}dB${faded}`
}

/** At twice the sample rate, because the peaks of the wave lie between the samples. */
function limited({ samples }: Source, ceiling: number): string {
  const limit = 10 ** (ceiling / 20)
  const limiter = `alimiter=limit=${limit.toFixed(4)}:attack=5:release=100:level=0:latency=1`
  return `aresample=${2 * SAMPLE_RATE},${limiter},aresample=${SAMPLE_RATE},${exactLength(samples)}`
}
