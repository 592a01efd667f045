/** Plays a tune: sine waves and a little noise, mixed to stereo. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { randomFrom } from '../faults.ts'
import { barSeconds, type Note, notesOfBar, type Voice } from './score.ts'
import type { Style, Tune } from './tune.ts'

/** Samples a second, MusicGen's own. */
export const SAMPLE_RATE = 32_000

/** Stereo samples between -1 and 1, of one length. */
export interface Sound {
  left: Float32Array
  right: Float32Array
}

interface Timbre {
  /** Loudness of the fundamental, the second harmonic, and so on. */
  harmonics: readonly number[]
  /** Seconds to rise, and to fall once the note ends. */
  attack: number
  release: number
  /** How fast it fades while it is held, per second. */
  decay: number
  gain: number
}

const TIMBRES: Record<Exclude<Voice, 'hat' | 'kick'>, Timbre> = {
  pad: { harmonics: [1, 0.35, 0.12], attack: 0.35, release: 0.6, decay: 0.1, gain: 0.045 },
  bass: { harmonics: [1, 0.3, 0.08], attack: 0.02, release: 0.15, decay: 0.9, gain: 0.15 },
  pluck: { harmonics: [1, 0.4, 0.15, 0.06], attack: 0.008, release: 0.3, decay: 3.2, gain: 0.12 },
}
/** Seconds: the longest that a note sounds after its bar has begun. */
const LONGEST_TAIL = 6

/**
 * The sound of a tune between two moments of it. The same moments always sound the same, so a piece can be taken up in
 * the middle of a note.
 * @param from seconds from the tune's beginning
 * @param count samples wanted
 */
export async function play(tune: Tune, style: Style, from: number, count: number): Promise<Sound> {
  const sound = silence(count)
  const bar = barSeconds(tune)
  const first = Math.max(0, Math.floor((from - LONGEST_TAIL) / bar))
  const last = Math.floor((from + count / SAMPLE_RATE) / bar)
  for (let index = first; index <= last; index++) {
    for (const note of notesOfBar(tune, style, index)) addNote(sound, note, from)
    // A bar takes some milliseconds: the server answers in between.
    await nextTurn()
  }
  for (const channel of [sound.left, sound.right]) {
    for (let i = 0; i < count; i++) channel[i] = Math.tanh(1.3 * (channel[i] ?? 0))
  }
  return sound
}

export function silence(count: number): Sound {
  return { left: new Float32Array(count), right: new Float32Array(count) }
}

function addNote(sound: Sound, note: Note, from: number): void {
  const begin = Math.round((note.start - from) * SAMPLE_RATE)
  const wave = note.voice === 'kick' ? kick : note.voice === 'hat' ? hat : tone(note, TIMBRES[note.voice])
  const length = Math.round(durationOf(note) * SAMPLE_RATE)
  const left = note.volume * Math.cos(((note.pan + 1) * Math.PI) / 4)
  const right = note.volume * Math.sin(((note.pan + 1) * Math.PI) / 4)
  const stop = Math.min(sound.left.length, begin + length)
  for (let i = Math.max(0, begin); i < stop; i++) {
    const value = wave((i - begin) / SAMPLE_RATE)
    sound.left[i] = (sound.left[i] ?? 0) + left * value
    sound.right[i] = (sound.right[i] ?? 0) + right * value
  }
}

function durationOf(note: Note): number {
  if (note.voice === 'kick') return 0.3
  if (note.voice === 'hat') return 0.12
  return note.length + TIMBRES[note.voice].release
}

/** A wave as a function of the seconds since the note began. */
function tone({ pitch, length }: Note, timbre: Timbre): (t: number) => number {
  const { harmonics, attack, release, decay, gain } = timbre
  return (t) => {
    const rise = t < attack ? t / attack : 1
    const fall = t > length ? Math.max(0, 1 - (t - length) / release) : 1
    let sum = 0
    for (let k = 0; k < harmonics.length; k++) {
      sum += (harmonics[k] ?? 0) * Math.sin(2 * Math.PI * pitch * (k + 1) * t)
    }
    return gain * sum * rise * rise * fall * fall * Math.exp(-decay * t)
  }
}

function kick(t: number): number {
  const phase = 2 * Math.PI * (48 * t + 3 * (1 - Math.exp(-30 * t)))
  return 0.3 * Math.min(1, t * 300) * Math.exp(-14 * t) * Math.sin(phase)
}

const NOISE = Float32Array.from({ length: SAMPLE_RATE / 4 }, randomFrom(7))

/** Noise without its low part: each sample minus the one before. */
function hat(t: number): number {
  const at = Math.round(t * SAMPLE_RATE)
  const bright = (NOISE[at + 1] ?? 0) - (NOISE[at] ?? 0)
  return 0.05 * Math.min(1, t * 800) * Math.exp(-45 * t) * bright
}
