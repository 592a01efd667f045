/** How scenes go over into each other, and how long the film then is. Pure: no I/O. */

/** A cut, or frames that two scenes share: those leave the film shorter than its scenes together. */
export const TRANSITIONS = [
  'cut',
  'crossfade',
  'fade_black',
  'fade_white',
  'wipe_left',
  'wipe_right',
  'wipe_up',
  'wipe_down',
  'slide_left',
  'slide_right',
  'slide_up',
  'slide_down',
] as const
export type Transition = (typeof TRANSITIONS)[number]

/** What people, the earlier system and other tools call them. */
export const TRANSITION_ALIASES: Readonly<Record<string, Transition>> = {
  none: 'cut',
  hard_cut: 'cut',
  fade: 'crossfade',
  dissolve: 'crossfade',
  cross_dissolve: 'crossfade',
  fade_through_black: 'fade_black',
  fade_to_black: 'fade_black',
  fade_through_white: 'fade_white',
  fade_to_white: 'fade_white',
  wipe: 'wipe_left',
  slide: 'slide_left',
}

/** Seconds, where a scene does not say. */
export const TRANSITION_SECONDS = { least: 0.1, usual: 0.5, most: 2 } as const

/** A scene as far as time goes. */
export interface TimedScene {
  /** Seconds. */
  duration: number
  /** Into the next scene; that of the last scene leads nowhere. */
  transition: string
  /** Seconds; null as usual. */
  transitionDuration: number | null
}

/** Frames a second. */
export interface FrameRate {
  num: number
  den: number
}

const framesIn = (seconds: number, { num, den }: FrameRate) => Math.round((seconds * num) / den)

export const isTransition = (name: string): name is Transition => (TRANSITIONS as readonly string[]).includes(name)

/**
 * How many frames each scene shares with the next: none at a cut and at the end. At most half of either, so that a scene
 * between two transitions is shown by itself for a moment or at least never in both.
 * @param scenes in storyboard order
 */
export function overlapFrames(scenes: readonly TimedScene[], fps: FrameRate): number[] {
  return scenes.map(({ duration, transition, transitionDuration }, index) => {
    const next = scenes[index + 1]
    // Rows may name what was never rendered.
    if (!next || transition === 'cut' || !isTransition(transition)) return 0
    const shorter = Math.min(framesIn(duration, fps), framesIn(next.duration, fps))
    return Math.min(framesIn(transitionDuration ?? TRANSITION_SECONDS.usual, fps), Math.floor(shorter / 2))
  })
}

export interface FilmTimes {
  /** When each scene begins and ends in the film (seconds); they overlap where there is a transition. */
  scenes: { start: number; end: number }[]
  /** Seconds. */
  duration: number
}

/**
 * When each scene is seen.
 * @param scenes in storyboard order
 */
export function filmTimes(scenes: readonly TimedScene[], fps: FrameRate): FilmTimes {
  const overlaps = overlapFrames(scenes, fps)
  const secondsIn = (frames: number) => Math.round((frames * fps.den * 1e6) / fps.num) / 1e6
  let next = 0
  let end = 0
  const times = scenes.map(({ duration }, index) => {
    const start = next
    end = start + framesIn(duration, fps)
    next = end - (overlaps[index] ?? 0)
    return { start: secondsIn(start), end: secondsIn(end) }
  })
  return { scenes: times, duration: secondsIn(end) }
}

/**
 * How long each scene is on until the next one begins (seconds): together, how long the film is.
 * @param scenes in storyboard order
 */
export function secondsUntilNext(scenes: readonly TimedScene[], fps: FrameRate): number[] {
  const { scenes: times, duration } = filmTimes(scenes, fps)
  // Rounded, or whole seconds would be a little more than whole.
  return times.map(({ start }, index) => Math.round(((times[index + 1]?.start ?? duration) - start) * 1e6) / 1e6)
}
