import { SAMPLE_RATE } from '../profile.ts'
import { runFfmpeg } from '../run-ffmpeg.ts'
import type { MediaTools } from '../tools.ts'
import { withDecoded } from './decode.ts'
import { samplesIn, WAV_OPTIONS } from './wav.ts'

export interface TailRequest {
  input: string
  /** A name that ends in .wav. */
  output: string
  seconds: number
  signal?: AbortSignal
}

/**
 * Writes the last seconds of a piece of music as WAV, for the music model to continue from. WAV, because a decoder may
 * add padding to an MP3, and what the model adds is found by its position. Returns how long the tail is (seconds):
 * less than asked for when the piece is shorter. Throws a MediaError.
 */
export function tail(tools: MediaTools, request: TailRequest): Promise<{ seconds: number }> {
  const { input, output, signal } = request
  return withDecoded(tools, { input, signal }, async ({ path, samples }) => {
    const kept = Math.min(samples, samplesIn(request.seconds))
    await runFfmpeg(tools, {
      task: 'cut the end of the music',
      inputs: [{ path, demuxer: 'wav' }],
      filter: `[0:a]atrim=start_sample=${samples - kept}[a]`,
      options: ['-map', '[a]', ...WAV_OPTIONS],
      output,
      timeoutSeconds: 120,
      signal,
    })
    return { seconds: kept / SAMPLE_RATE }
  })
}
