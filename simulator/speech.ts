/** Speaks a text as a machine would that knows no words: vowels of three formants, syllable after syllable. */

import { runFfmpeg } from './render/ffmpeg.ts'

/** Characters a second, as people speak. */
const PACE = 15
/** Syllables a second. */
const SYLLABLES = 4.5
const SAMPLE_RATE = 24_000
/** Seconds of the shortest speech. */
const SHORTEST = 0.6

/** Hz: the throat's own tone. */
const PITCHES: Record<string, number> = { Luna: 210, Ember: 195, Hem: 180, Aurora: 220, Cliff: 110, Josh: 120 }
const USUAL_PITCH = 130

/** Formants of a, e, i, o and u (Hz), one vowel a syllable. */
const FIRST = [730, 530, 270, 570, 300]
const SECOND = [1090, 1840, 2290, 840, 870]

/** How long a text takes to be spoken. */
export const speechSeconds = (text: string) => Math.max(SHORTEST, [...text].length / PACE)

/** Writes a WAV. @throws {PredictionError} when ffmpeg fails, the signal's reason when that is aborted */
export async function speak(
  ffmpeg: string,
  { text, voice }: { text: string; voice: string },
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const pitch = PITCHES[voice] ?? USUAL_PITCH
  const seconds = speechSeconds(text)
  // A vowel is the throat's tone and its formants, an octave apart at least; each syllable rises and falls.
  const vowel = (formants: number[]) => {
    const chosen = formants.map((hz, index) => `${hz}*eq(mod(floor(t*${SYLLABLES}),${formants.length}),${index})`)
    return `sin(2*PI*t*(${chosen.join('+')}))`
  }
  const tone = `0.5*sin(2*PI*${pitch}*t)+0.3*sin(2*PI*${2 * pitch}*t)+0.25*${vowel(FIRST)}+0.12*${vowel(SECOND)}`
  const syllable = `pow(sin(PI*mod(t*${SYLLABLES},1)),0.7)`
  const expression = `0.5*${syllable}*(${tone})`
  const source = `aevalsrc='${expression}':s=${SAMPLE_RATE}:d=${seconds.toFixed(3)}`
  await runFfmpeg(ffmpeg, ['-f', 'lavfi', '-i', source, '-c:a', 'pcm_s16le', file], signal)
}
