/** A voice-over: text that is spoken over a scene, and where in the film it is heard. Pure: no I/O. */
import type { FilmTimes } from './transitions.ts'

export const MAX_VOICE_OVER_CHARACTERS = 600

/** Seconds from the begin of a scene until its voice begins. */
const LEAD_SECONDS = 0.3
/** Seconds between two voices, where the first runs into the scene of the second. */
const PAUSE_SECONDS = 0.2
/** Faster speech sounds hurried. */
const FASTEST = 1.25

/** A scene's voice as it was stored. */
export interface SpokenScene {
  /** Of the scene, from 0. */
  position: number
  /** Seconds. */
  duration: number
}

export interface PlacedVoice {
  position: number
  /** When it begins (seconds, in the film). */
  start: number
  /** How much faster it is spoken than it came; 1 for as it came. */
  tempo: number
  /** How much of it is heard after its scene has gone over into the next one, or lost after the film's end (seconds). */
  over: number
}

/**
 * Places each voice just after the begin of its scene. One that is too long for its scene is spoken faster, and what
 * then is left runs into the next scene; a voice is never cut off by the next one, which waits for it.
 * @param voices in storyboard order
 */
export function placeVoices(voices: readonly SpokenScene[], { scenes, duration: film }: FilmTimes): PlacedVoice[] {
  let free = 0
  return voices.map(({ position, duration }) => {
    const start = Math.max((scenes[position]?.start ?? 0) + LEAD_SECONDS, free)
    const end = scenes[position + 1]?.start ?? film
    const room = end - start
    const tempo = duration <= room ? 1 : Math.min(FASTEST, duration / Math.max(room, duration / FASTEST))
    free = start + duration / tempo + PAUSE_SECONDS
    const over = Math.max(0, start + duration / tempo - end)
    return { position, start: rounded(start), tempo: rounded(tempo), over: rounded(over) }
  })
}

const rounded = (value: number) => Math.round(value * 1000) / 1000
