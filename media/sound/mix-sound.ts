import { SAMPLE_RATE } from '../profile.ts'
import type { FfmpegInput } from '../run-ffmpeg.ts'
import { exactSound, silentSound } from '../sound-filters.ts'
import type { MediaTools } from '../tools.ts'
import { LOUDNESS } from './encode-sound.ts'
import { isAudible, type Loudness, METER, runMeasured } from './loudness.ts'

/** A part of a film's sound: an input, which of its streams, and how loud that is. */
export interface Part {
  input: FfmpegInput
  index: number
  loudness: Loudness
}

export interface MixRequest {
  /** What the clips are heard with; null where the film has no sound of its own. */
  own: Part | null
  music: Part
  samples: number
  /** How long what the clips are heard with fades out at the end (seconds); the music does so already. */
  fadeSeconds: number
  /** A name that ends in .wav. */
  output: string
  signal?: AbortSignal
}

/** LUFS that the parts are brought to, so that they are as loud as each other; the mix has its own loudness. */
const PART_LOUDNESS = -20
/** dB that the clips' sound is raised at most: what is a murmur stays one, and the music does not step back for it. */
const MAX_RAISE = 6
/** The same of a mix in which no music is heard. */
export const MAX_RAISE_MIXED = LOUDNESS - PART_LOUDNESS
/** The same of the clips' sound in a film without music: as loud as it would be beside some. */
export const MAX_RAISE_ALONE = MAX_RAISE + MAX_RAISE_MIXED
/**
 * The music steps back by about 9 dB under sound of PART_LOUDNESS: quickly, so that the first word is heard, and comes
 * back slowly enough not to pump between two words.
 */
export const DUCKING = 'sidechaincompress=threshold=0.025:ratio=4:attack=30:release=600:knee=4'

/** Puts music under what the clips are heard with, and says how loud both are together. Throws a MediaError. */
export function mixSound(tools: MediaTools, request: MixRequest): Promise<Loudness> {
  const { own, music, samples, output, signal } = request
  const isDucked = own !== null && isAudible(own.loudness) && isAudible(music.loudness)
  const clips = own ? `[1:${own.index}]${exactSound(samples)},${raised(own, MAX_RAISE)}` : silentSound(samples)
  return runMeasured(tools, {
    task: 'put the music under the sound of the clips',
    inputs: [music.input, ...(own ? [own.input] : [])],
    filter: [
      `[0:${music.index}]${exactSound(samples)},${raised(music)}[music]`,
      `${clips}${fade(request)}${isDucked ? ',asplit[own][key]' : '[own]'}`,
      ...(isDucked ? [`[music][key]${DUCKING}[under]`] : []),
      `[own]${isDucked ? '[under]' : '[music]'}amix=inputs=2:duration=first:normalize=0,${METER}[mixed]`,
    ].join(';'),
    // In floating point, because both together may be above full scale until they are brought to the film's loudness.
    options: ['-map', '[mixed]', '-c:a', 'pcm_f32le', '-f', 'wav'],
    output,
    expectedSeconds: samples / SAMPLE_RATE,
    timeoutSeconds: 1800,
    signal,
  })
}

function raised({ loudness }: Part, most = Number.POSITIVE_INFINITY): string {
  const gain = isAudible(loudness) ? Math.min(most, PART_LOUDNESS - loudness.integrated) : 0
  return `volume=${gain.toFixed(3)}dB`
}

function fade({ samples, fadeSeconds }: MixRequest): string {
  const length = Math.min(samples, Math.round(fadeSeconds * SAMPLE_RATE))
  return length > 0 ? `,afade=t=out:start_sample=${samples - length}:nb_samples=${length}` : ''
}
