/** What a piece of music keeps from its first second to its last, however often it is continued. */

import { createHash } from 'node:crypto'

/** Seconds: the longest piece that the simulator plays. */
export const MAX_MUSIC_SECONDS = 300

export interface Tune {
  /** MIDI note of the key's tonic, around A2. */
  tonic: number
  minor: boolean
  /** Beats a minute. */
  bpm: number
  /** One chord a bar, as steps of the scale from 0. */
  chords: number[]
}

/** What may change from one continuation to the next. */
export interface Style {
  /** Chooses the melody. */
  seed: number
  /** From 0 (no drums, few notes) to 1. */
  energy: number
}

const MAJOR_CHORDS = [
  [0, 4, 5, 3],
  [0, 5, 3, 4],
  [3, 0, 4, 5],
  [0, 3, 5, 4],
]
const MINOR_CHORDS = [
  [0, 5, 2, 6],
  [0, 3, 5, 6],
  [0, 6, 5, 6],
  [5, 6, 0, 0],
]
const DARK = /\b(sad|dark|moody|tense|dramatic|mysterious|melanchol\w*|minor|noir)\b/i
const LIVELY = /\b(upbeat|energetic|fast|dance|driving|lively|happy|powerful|high|epic|uplifting)\b/i
const CALM = /\b(calm|slow|ambient|soft|gentle|quiet|relax\w*|peaceful|low|minimal|warm)\b/i

/** The tune for a prompt; the same for the same prompt and seed. */
export function tuneFor(prompt: string, seed: number | null): Tune {
  const dice = createHash('sha256').update(`${prompt}|${seed}`).digest()
  const minor = DARK.test(prompt)
  const choices = minor ? MINOR_CHORDS : MAJOR_CHORDS
  return {
    tonic: 41 + (dice.readUInt8(0) % 10),
    minor,
    bpm: wantedBpm(prompt) ?? Math.round(84 + 24 * (energyOf(prompt) - 0.5)) + (dice.readUInt8(1) % 13),
    chords: choices[dice.readUInt8(2) % choices.length] ?? [0],
  }
}

/** The style for a prompt; the same for the same prompt and seed. */
export function styleFor(prompt: string, seed: number | null): Style {
  const dice = createHash('sha256').update(`style|${prompt}|${seed}`).digest()
  return { seed: dice.readUInt32BE(0), energy: energyOf(prompt) }
}

function energyOf(prompt: string): number {
  if (CALM.test(prompt)) return LIVELY.test(prompt) ? 0.5 : 0.15
  return LIVELY.test(prompt) ? 0.9 : 0.5
}

function wantedBpm(prompt: string): number | null {
  const bpm = Number(/\b(\d{2,3}) ?bpm\b/i.exec(prompt)?.[1])
  return bpm >= 50 && bpm <= 180 ? bpm : null
}
