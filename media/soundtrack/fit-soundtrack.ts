import { SAMPLE_RATE } from '../profile.ts'
import { type Loudness, METER, runMeasured } from '../sound/loudness.ts'
import type { Controls, MediaTools } from '../tools.ts'
import { withDecoded } from './decode.ts'
import { samplesIn, WAV_OPTIONS } from './wav.ts'

/**
 * - trim: a longer track is cut; after a shorter one there is silence.
 * - stretch: a shorter track is played slower, until it lasts as long; a longer one is cut.
 * - compress: a longer track is played faster; after a shorter one there is silence.
 */
export type SyncMode = 'trim' | 'stretch' | 'compress'

export interface FitRequest extends Controls {
  /** Music of any kind that is read here, such as a WAV of joinSegments or a user's MP3. */
  input: string
  videoSeconds: number
  mode: SyncMode
  /** How long the music fades out at its end (seconds). */
  fadeSeconds: number
  /** Where that fade begins, for music that is to end before the video, such as on a bar (seconds); null for the end. */
  fadeAtSeconds?: number | null
  /** A name that ends in .wav. */
  output: string
}

/** Seconds. */
const LEAST_FADE = 0.03

/** Makes a soundtrack exactly as long as the video, as WAV, and says how loud it is; its pitch stays. Throws a MediaError. */
export function fitSoundtrack(tools: MediaTools, request: FitRequest): Promise<Loudness> {
  const { input, videoSeconds, mode, output, signal, onProgress } = request
  const wanted = samplesIn(videoSeconds)
  // What is not played faster is never heard beyond the video's end.
  const most = mode === 'compress' ? undefined : wanted
  return withDecoded(tools, { input, most, signal }, async ({ path, samples }) => {
    const tempo = tempoFor(mode, samples / SAMPLE_RATE, videoSeconds)
    const ends = Math.min(wanted, Math.round(samples / tempo))
    const fade = fadeOf(request, ends)
    const filters = [
      'aformat=sample_fmts=fltp',
      ...tempoSteps(tempo).map((step) => `atempo=${step}`),
      ...(fade.samples > 0 ? [`afade=t=out:start_sample=${fade.begin}:nb_samples=${fade.samples}`] : []),
      // atempo's length is only about right.
      `apad=whole_len=${wanted}`,
      `atrim=end_sample=${wanted}`,
      METER,
    ]
    return runMeasured(tools, {
      task: 'fit the music to the video',
      inputs: [{ path, demuxer: 'wav' }],
      filter: `[0:a]${filters.join(',')}[a]`,
      options: ['-map', '[a]', ...WAV_OPTIONS],
      output,
      expectedSeconds: videoSeconds,
      timeoutSeconds: 600,
      signal,
      onProgress,
    })
  })
}

/** @param ends the sample after the last of the music */
function fadeOf({ fadeSeconds, fadeAtSeconds }: FitRequest, ends: number): { begin: number; samples: number } {
  const samples = Math.min(samplesIn(fadeSeconds), ends)
  if (typeof fadeAtSeconds !== 'number') return { begin: ends - samples, samples }
  const begin = Math.min(samplesIn(fadeAtSeconds), ends)
  // Without a fade it would click where it breaks off.
  return { begin, samples: Math.min(Math.max(samples, samplesIn(LEAST_FADE)), ends - begin) }
}

function tempoFor(mode: SyncMode, musicSeconds: number, videoSeconds: number): number {
  const tempo = musicSeconds / videoSeconds
  if (mode === 'stretch') return Math.min(1, tempo)
  if (mode === 'compress') return Math.max(1, tempo)
  return 1
}

/** Splits a tempo into steps from 0.5 to 2, within which atempo works well. */
export function tempoSteps(tempo: number): number[] {
  if (tempo === 1) return []
  const count = Math.max(1, Math.ceil(Math.abs(Math.log2(tempo))))
  return Array.from({ length: count }, () => tempo ** (1 / count))
}
