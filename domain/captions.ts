/** A film's captions as a track of their own. Pure. */
import { type FrameRate, filmTimes, type TimedScene } from './transitions.ts'

/** Seconds of the film. */
export interface Cue {
  start: number
  end: number
  text: string
}

/** Overrides of the direction, which deceive more than they help: words on the picture are without them too. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/gu

/** One for every scene that has a caption. Where two scenes overlap, the next one's begins when it is halfway there. */
export function captionCues(scenes: readonly (TimedScene & { caption: string | null })[], fps: FrameRate): Cue[] {
  const times = filmTimes(scenes, fps).scenes
  return scenes.flatMap(({ caption }, index): Cue[] => {
    const time = times[index]
    const text = caption
      ?.replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .replaceAll(TURNING, '')
      .trim()
    if (!time || !text) return []
    const start = halfway(times[index - 1]?.end, time.start)
    const end = halfway(time.end, times[index + 1]?.start)
    return [{ start, end, text }]
  })
}

/** Of an overlap between the end of one scene and the begin of the next. */
function halfway(end: number | undefined, start: number | undefined): number {
  return ((end ?? start ?? 0) + (start ?? end ?? 0)) / 2
}

/** As WebVTT, in which nothing of the text is taken for markup or for a time. */
export function webVtt(cues: readonly Cue[]): string {
  const written = cues.map(({ start, end, text }) => `${timestamp(start)} --> ${timestamp(end)}\n${escaped(text)}\n`)
  return ['WEBVTT\n', ...written].join('\n')
}

/**
 * The same for ffmpeg to make a track of: it takes braces and backslashes for ASS's, and leaves its own marks in the text
 * when it escapes them. Their wide forms look alike.
 */
export function trackVtt(cues: readonly Cue[]): string {
  return webVtt(cues.map((cue) => ({ ...cue, text: cue.text.replaceAll(/[{}\\]/g, (sign) => WIDE[sign] ?? sign) })))
}
const WIDE: Record<string, string> = { '{': '\uff5b', '}': '\uff5d', '\\': '\uff3c' }

const escaped = (text: string) =>
  text.toWellFormed().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function timestamp(seconds: number): string {
  const ms = Math.round(seconds * 1000)
  const pad = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, '0')
  return `${pad(ms / 3_600_000)}:${pad((ms / 60_000) % 60)}:${pad((ms / 1000) % 60)}.${pad(ms % 1000, 3)}`
}
