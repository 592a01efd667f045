/** Lays drawn words over a clip. ffmpeg is given a picture and numbers: no text. */
import { type OutputProfile, secondsOf } from '../profile.ts'
import type { FfmpegInput } from '../run-ffmpeg.ts'

export interface ShownWords {
  /** What drawWords drew, of the frame's size. */
  path: string
  /** When they are shown, from the clip's begin (seconds): not while it goes over into its neighbours. */
  startSeconds: number
  endSeconds: number
  /** Whether they stay until the very end, as those of a film's last scene do. */
  hold: boolean
}

const FADE_SECONDS = 0.4

export function wordsInput({ path }: ShownWords): FfmpegInput {
  return { path, demuxer: 'png_pipe' }
}

/** Filters from the picture [clip] and the words, the run's second input, to [v]. */
export function overlayWords(
  { startSeconds, endSeconds, hold }: ShownWords,
  { profile, frames }: { profile: OutputProfile; frames: number },
): string {
  const last = secondsOf(frames, profile)
  const end = hold ? last : Math.min(endSeconds, last)
  const fade = Math.min(FADE_SECONDS, Math.max(0, end - startSeconds) / 4).toFixed(3)
  const { num, den } = profile.fps
  // Gone in the last frame, not after it.
  const leave = (end - Number(fade) - den / num).toFixed(3)
  const steps = [
    // Converted once, then shown again and again.
    'scale=out_color_matrix=bt709:out_range=tv,format=yuva420p',
    `loop=loop=-1:size=1,settb=${den}/${num},setpts=N,trim=end_frame=${frames}`,
    `fade=t=in:st=${startSeconds.toFixed(3)}:d=${fade}:alpha=1`,
    ...(hold ? [] : [`fade=t=out:st=${leave}:d=${fade}:alpha=1`]),
  ]
  const shown = `enable='between(t,${startSeconds.toFixed(3)},${end.toFixed(3)})'`
  return `[1:v]${steps.join(',')}[words];[clip][words]overlay=0:0:format=yuv420:${shown}[v]`
}
