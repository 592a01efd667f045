/** Writes the notes of a tune, bar after bar. */

import { randomFrom } from '../faults.ts'
import type { Style, Tune } from './tune.ts'

export type Voice = 'pad' | 'bass' | 'pluck' | 'kick' | 'hat'

export interface Note {
  voice: Voice
  /** Seconds from the tune's beginning. */
  start: number
  /** Seconds that it is held; it fades out after that. */
  length: number
  /** Hz. */
  pitch: number
  /** 0 to 1. */
  volume: number
  /** From -1 (left) to 1 (right). */
  pan: number
}

const MAJOR = [0, 2, 4, 5, 7, 9, 11]
const MINOR = [0, 2, 3, 5, 7, 8, 10]
const BEATS = 4

/** Seconds of one bar. */
export function barSeconds(tune: Tune): number {
  return (BEATS * 60) / tune.bpm
}

/** The notes that begin in a bar (counted from 0), the same every time. */
export function notesOfBar(tune: Tune, style: Style, bar: number): Note[] {
  const beat = 60 / tune.bpm
  const start = bar * barSeconds(tune)
  const random = randomFrom(style.seed + bar * 7919)
  const chord = tune.chords[bar % tune.chords.length] ?? 0
  return [
    ...padOf(tune, chord, start),
    ...bassOf(tune, chord, start, beat),
    ...melodyOf(tune, style, chord, start, beat, random),
    ...(style.energy > 0.3 ? drumsOf(style, start, beat) : []),
  ]
}

function padOf(tune: Tune, chord: number, start: number): Note[] {
  const length = barSeconds(tune)
  return [0, 2, 4, 7].map((step, index) => ({
    voice: 'pad',
    start,
    length,
    pitch: pitchOf(tune, chord + step, 1),
    volume: index === 3 ? 0.5 : 0.8,
    pan: [-0.5, 0.4, -0.2, 0.6][index] ?? 0,
  }))
}

function bassOf(tune: Tune, chord: number, start: number, beat: number): Note[] {
  const pitch = pitchOf(tune, chord, 0)
  return [0, 2].map((at) => ({
    voice: 'bass',
    start: start + at * beat,
    length: beat * 1.6,
    pitch,
    volume: at === 0 ? 1 : 0.75,
    pan: 0,
  }))
}

/** Notes of the chord on the strong beats, neighbours between them; each has a quieter echo on the other side. */
function melodyOf(tune: Tune, style: Style, chord: number, start: number, beat: number, random: () => number): Note[] {
  const notes: Note[] = []
  for (let eighth = 0; eighth < BEATS * 2; eighth++) {
    const strong = eighth % 4 === 0
    const wanted = strong ? 0.9 : 0.2 + 0.4 * style.energy
    const step = strong ? [0, 2, 4][Math.floor(random() * 3)] : [0, 1, 2, 4, 5][Math.floor(random() * 5)]
    if (random() > wanted || step === undefined) continue
    const pan = random() - 0.5
    const note: Note = {
      voice: 'pluck',
      start: start + (eighth * beat) / 2,
      length: beat,
      pitch: pitchOf(tune, chord + step, 2),
      volume: strong ? 0.9 : 0.65,
      pan,
    }
    notes.push(note, { ...note, start: note.start + beat * 0.75, volume: note.volume * 0.3, pan: -pan })
  }
  return notes
}

function drumsOf(style: Style, start: number, beat: number): Note[] {
  const hit = (voice: Voice, at: number, volume: number, pan = 0): Note => ({
    voice,
    start: start + at * beat,
    length: 0.2,
    pitch: 50,
    volume: volume * style.energy,
    pan,
  })
  const kicks = style.energy > 0.7 ? [0, 1, 2, 3] : [0, 2]
  const hats = style.energy > 0.7 ? [0.5, 1, 1.5, 2.5, 3, 3.5] : [1, 3]
  return [...kicks.map((at) => hit('kick', at, 0.9)), ...hats.map((at) => hit('hat', at, 0.7, 0.25))]
}

/** Hz of a step of the tune's scale. */
function pitchOf(tune: Tune, step: number, octave: number): number {
  const scale = tune.minor ? MINOR : MAJOR
  const semitones = (scale[step % 7] ?? 0) + 12 * (Math.floor(step / 7) + octave)
  return 440 * 2 ** ((tune.tonic + semitones - 69) / 12)
}
