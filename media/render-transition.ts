import { pictureOptions } from './encode-clip.ts'
import { MediaError } from './errors.ts'
import { FILM_COLORS } from './fit-picture.ts'
import { probe } from './probe.ts'
import { type OutputProfile, secondsOf, timescaleOf, transitionMismatch } from './profile.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import type { Controls, MediaTools } from './tools.ts'

/** The ways from one scene to the next, but for the cut, by the names of ffmpeg's xfade. */
const XFADES = {
  crossfade: 'fade',
  fade_black: 'fadeblack',
  fade_white: 'fadewhite',
  wipe_left: 'wipeleft',
  wipe_right: 'wiperight',
  wipe_up: 'wipeup',
  wipe_down: 'wipedown',
  slide_left: 'slideleft',
  slide_right: 'slideright',
  slide_up: 'slideup',
  slide_down: 'slidedown',
}

export type TransitionKind = keyof typeof XFADES

/** xfade's black and white are 0 and 255, which a film's range does not have: the levels of it lie from 16 to 235. */
const LIMITER = ',limiter=min=16:max=235:planes=1'
const LIMITERS: Partial<Record<TransitionKind, string>> = { fade_black: LIMITER, fade_white: LIMITER }

export interface TransitionRequest extends Controls {
  /** Both have the profile; the transition shows the last frames of one with the first of the other. */
  from: { path: string; frames: number }
  to: { path: string }
  kind: TransitionKind
  /** How many frames of both it shows, and has itself; at most as many as each of them has. */
  frames: number
  profile: OutputProfile
  /** A name that ends in .mp4. */
  output: string
}

const TIMEOUT_SECONDS = 300

/**
 * Renders what two clips show together while one becomes the other: picture only, encoded as clips are here, so that it
 * can be copied between them. Throws a MediaError.
 */
export async function renderTransition(tools: MediaTools, request: TransitionRequest): Promise<void> {
  const { from, to, kind, frames, profile, output, signal, onProgress } = request
  const seconds = secondsOf(frames, profile)
  // Half a frame early: what is decoded begins with the first frame at or after that.
  const begin = Math.max(0, secondsOf(from.frames - frames - 0.5, profile))
  const numbered = `trim=end_frame=${frames},settb=${profile.fps.den}/${profile.fps.num},setpts=N,format=yuv420p`
  const xfade = `xfade=transition=${XFADES[kind]}:duration=${seconds.toFixed(6)}:offset=0${LIMITERS[kind] ?? ''}`
  await runFfmpeg(tools, {
    task: 'render the transition between two scenes',
    inputs: [
      { path: from.path, demuxer: 'mov', options: ['-ss', begin.toFixed(6)] },
      { path: to.path, demuxer: 'mov' },
    ],
    filter: `[0:v:0]${numbered}[from];[1:v:0]${numbered}[to];[from][to]${xfade},${FILM_COLORS}[v]`,
    options: [
      ...['-map', '[v]', ...pictureOptions(profile), '-video_track_timescale', String(timescaleOf(profile))],
      ...['-map_metadata', '-1'],
    ],
    output,
    verify: async (result) => {
      const made = await probe(tools, result, { demuxer: 'mov', signal })
      const reason = transitionMismatch(made, profile, frames)
      if (reason === null) return
      throw new MediaError('failed', `The transition came out wrong: ${reason}.`, { detail: JSON.stringify(made) })
    },
    expectedSeconds: seconds,
    timeoutSeconds: TIMEOUT_SECONDS,
    signal,
    onProgress,
  })
}
