import { join } from 'node:path'
import type { FfmpegInput } from '../run-ffmpeg.ts'
import { encodeSound } from '../sound/encode-sound.ts'
import { isAudible, type Loudness, measure } from '../sound/loudness.ts'
import { MAX_RAISE_MIXED, mixSound } from '../sound/mix-sound.ts'
import type { Controls, MediaTools } from '../tools.ts'

export interface ScoreRequest extends Controls {
  /** What the clips are heard with, and which of the input's streams that is; null where there is nothing. */
  own: { input: FfmpegInput; index: number } | null
  /** A WAV of fitSoundtrack's. */
  soundtrack: string
  /** How loud the soundtrack is. */
  loudness: Loudness
  samples: number
  /** How long the sound fades out at its end (seconds). */
  fadeSeconds: number
  /** Where what is made on the way is put. */
  folder: string
  /** A name that ends in .m4a. */
  output: string
}

/**
 * Puts music under the sound of the clips, brings both to the loudness of films, and encodes them. Throws a MediaError.
 * @returns why it is not as loud as a film, as a sentence; mostly null
 */
export async function scoreSound(tools: MediaTools, request: ScoreRequest): Promise<string | null> {
  const { soundtrack, loudness, samples, fadeSeconds, folder, output, signal, onProgress } = request
  const own = request.own && {
    ...request.own,
    loudness: await measure(tools, { ...request.own, output: join(folder, 'own.md5'), withPeak: false, signal }),
  }
  const music = { input: { path: soundtrack, demuxer: 'wav' as const }, index: 0, loudness }
  const mixed = { path: join(folder, 'mixed.wav'), demuxer: 'wav' as const }
  const together = await mixSound(tools, { own, music, samples, fadeSeconds, output: mixed.path, signal })
  const maxRaise = isAudible(loudness) ? undefined : MAX_RAISE_MIXED
  const encoding = { input: mixed, loudness: together, samples, maxRaise, encoding: 'aac' } as const
  return encodeSound(tools, { ...encoding, output, signal, onProgress })
}
