import { probe } from '../probe.ts'
import { SAMPLE_RATE } from '../profile.ts'
import { encodeSound } from '../sound/encode-sound.ts'
import type { Loudness } from '../sound/loudness.ts'
import type { Controls, MediaTools } from '../tools.ts'

export interface Mp3Request extends Controls {
  /** A WAV of 48 kHz and stereo. */
  input: string
  /** How loud it is. */
  loudness: Loudness
  output: string
}

/**
 * Encodes a WAV as MP3 with 192 kbit/s, for download, at the loudness of films. Throws a MediaError.
 * @returns why it is not as loud as a film, as a sentence; mostly null
 */
export async function encodeMp3(tools: MediaTools, request: Mp3Request): Promise<{ loudnessProblem: string | null }> {
  const { input, loudness, output, signal, onProgress } = request
  const { durationSeconds } = await probe(tools, input, { demuxer: 'wav', signal })
  const loudnessProblem = await encodeSound(tools, {
    input: { path: input, demuxer: 'wav' },
    loudness,
    samples: Math.round(durationSeconds * SAMPLE_RATE),
    encoding: 'mp3',
    output,
    signal,
    onProgress,
  })
  return { loudnessProblem }
}
