import { MediaError } from '../errors.ts'
import { probe } from '../probe.ts'
import { SAMPLE_RATE } from '../profile.ts'
import { runFfmpeg } from '../run-ffmpeg.ts'
import type { MediaTools } from '../tools.ts'
import { samplesIn, WAV_OPTIONS } from './wav.ts'

export interface CutRequest {
  /** What the music model made: first what it was given to continue, then the new music. */
  input: string
  /** A name that ends in .wav. */
  output: string
  /** How long the continued part is (seconds). */
  skipSeconds: number
  /** How much of the new music is wanted (seconds); where there is a little less, silence follows. */
  durationSeconds: number
  /** How much of the continued part stays in front, to be crossfaded with the music before (seconds). Default 0. */
  overlapSeconds?: number
  signal?: AbortSignal
}

/** Music that lacks more than this (seconds) is not filled up: something was lost. */
const MAX_MISSING_SECONDS = 0.5

/**
 * Cuts the new music out of a continuation, as a WAV of exactly `overlapSeconds` + `durationSeconds`. Throws a
 * MediaError (unreadable) when there is no new music in it, or its end is missing.
 */
export async function cutSegment(tools: MediaTools, request: CutRequest): Promise<void> {
  const { input, output, skipSeconds, durationSeconds, overlapSeconds = 0, signal } = request
  const { container, audio } = await probe(tools, input, { signal })
  if (!audio) throw new MediaError('unreadable', 'The music has no sound track.')
  if (audio.durationSeconds <= skipSeconds) {
    const [is, skipped] = [audio.durationSeconds.toFixed(2), skipSeconds.toFixed(2)]
    const message = `The music lasts ${is} s, of which the first ${skipped} s were there before: it has nothing new.`
    throw new MediaError('unreadable', message)
  }
  const wanted = skipSeconds + durationSeconds
  if (audio.durationSeconds < wanted - MAX_MISSING_SECONDS) {
    const is = audio.durationSeconds.toFixed(2)
    const message = `The music lasts ${is} s where ${wanted.toFixed(2)} s were asked for: its end is missing.`
    throw new MediaError('unreadable', message)
  }
  const kept = Math.min(overlapSeconds, skipSeconds)
  const length = samplesIn(overlapSeconds + durationSeconds)
  // Where less was continued than the overlap wants, silence stands in its place.
  const missing = samplesIn(overlapSeconds - kept)
  const cut = `atrim=start_sample=${samplesIn(skipSeconds - kept)},asetpts=N/SR/TB,adelay=${missing}S:all=1`
  await runFfmpeg(tools, {
    task: 'cut the music',
    inputs: [{ path: input, demuxer: container }],
    filter:
      `[0:${audio.index}]aresample=${SAMPLE_RATE},aformat=channel_layouts=stereo,${cut},` +
      `apad=whole_len=${length},atrim=end_sample=${length}[a]`,
    options: ['-map', '[a]', ...WAV_OPTIONS],
    output,
    timeoutSeconds: 120,
    signal,
  })
}
