/** Makes a piece of music of an exact length: new, or one that goes on from where another stops. */

import { PredictionError } from '../input-files.ts'
import type { SongBook } from './song-book.ts'
import { play, SAMPLE_RATE, type Sound, silence } from './synth.ts'
import { type Style, styleFor, type Tune, tuneFor } from './tune.ts'

export interface MusicRequest {
  prompt: string
  seed: number | null
  /** Seconds in all, the continued part included. */
  seconds: number
}

/** Seconds over which old and new sound overlap at a join. */
const JOIN_SECONDS = 0.08
/** Seconds of a sound's end that its loudness is taken from. */
const LOUDNESS_SECONDS = 2
/** Seconds over which a piece rises from and falls to silence, so that it neither starts nor ends with a click. */
const EDGE_SECONDS = 0.01

/** A new piece. */
export async function compose(book: SongBook, request: MusicRequest): Promise<Sound> {
  const tune = tuneFor(request.prompt, request.seed)
  const style = styleFor(request.prompt, request.seed)
  const sound = await play(tune, style, 0, request.seconds * SAMPLE_RATE)
  softenEdges(sound, { start: true })
  book.remember(sound, tune, style, 0)
  return sound
}

/**
 * A piece that begins with `given` and goes on in its key and tempo, without a break. Of music that was not made here
 * neither is known: it goes on in those of the prompt.
 * @throws {PredictionError} when the given part is longer than the piece
 */
export async function continueMusic(book: SongBook, request: MusicRequest, given: Sound): Promise<Sound> {
  const total = request.seconds * SAMPLE_RATE
  const known = given.left.length
  if (known > total) throw new PredictionError('Prompt is longer than audio to generate')
  const found = book.recognise(given)
  const tune = found?.tune ?? tuneFor(request.prompt, request.seed)
  const style = styleFor(request.prompt, request.seed)
  const end = found?.end ?? known / SAMPLE_RATE
  const join = Math.min(known, Math.round(JOIN_SECONDS * SAMPLE_RATE))
  const added = await play(tune, style, end - join / SAMPLE_RATE, total - known + join)
  const gain = await loudnessOf(given, tune, found?.style ?? style, end)
  const sound = silence(total)
  for (const side of ['left', 'right'] as const) {
    const channel = sound[side]
    channel.set(given[side])
    for (let i = 0; i < added[side].length; i++) {
      const at = known - join + i
      const share = i < join ? i / join : 1
      channel[at] = (channel[at] ?? 0) * (1 - share) + (added[side][i] ?? 0) * gain * share
    }
  }
  softenEdges(sound, { start: false })
  book.remember(sound, tune, style, end - known / SAMPLE_RATE)
  return sound
}

/** How loud the given sound's end is, compared with how that moment of the tune sounds when it is played here. */
async function loudnessOf(given: Sound, tune: Tune, style: Style, end: number): Promise<number> {
  const window = Math.min(given.left.length, LOUDNESS_SECONDS * SAMPLE_RATE)
  const played = await play(tune, style, end - window / SAMPLE_RATE, window)
  const [theirs, ours] = [rootMeanSquare(given.left.slice(-window)), rootMeanSquare(played.left)]
  return theirs < 0.001 || ours < 0.001 ? 1 : Math.min(2, Math.max(0.1, theirs / ours))
}

function rootMeanSquare(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / Math.max(1, samples.length))
}

function softenEdges(sound: Sound, { start }: { start: boolean }): void {
  const edge = Math.round(EDGE_SECONDS * SAMPLE_RATE)
  for (const channel of [sound.left, sound.right]) {
    for (let i = 0; i < Math.min(edge, channel.length); i++) {
      const last = channel.length - 1 - i
      if (start) channel[i] = ((channel[i] ?? 0) * i) / edge
      channel[last] = ((channel[last] ?? 0) * i) / edge
    }
  }
}
