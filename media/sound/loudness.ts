import { MediaError } from '../errors.ts'
import { type FfmpegInput, type FfmpegRun, runFfmpeg } from '../run-ffmpeg.ts'
import type { Controls, MediaTools } from '../tools.ts'

/** As EBU R 128 measures it. */
export interface Loudness {
  /** LUFS over the whole of it, pauses left out; -70, the least that is measured, for silence. */
  integrated: number
  /** dBTP; -Infinity for silence. */
  truePeak: number
}

/** What is quieter (LUFS) counts as silence: made louder, it would be noise. */
export const SILENCE = -50

export const isAudible = ({ integrated }: Loudness) => integrated > SILENCE

/** Goes at the end of the one chain of filters that `runMeasured` is to measure; what passes through is not changed. */
export const METER = 'ebur128=peak=true:framelog=quiet'

const QUICK_METER = 'ebur128=framelog=quiet'

const INTEGRATED = /^\s+I:\s+(\S+) LUFS/
const PEAK = /^\s+Peak:\s+(\S+) dBFS/

/** A run whose filter ends in METER, and what was measured. Throws a MediaError. */
export async function runMeasured(tools: MediaTools, run: FfmpegRun): Promise<Loudness> {
  let integrated: number | undefined
  let truePeak = Number.NEGATIVE_INFINITY
  const onLine = (line: string) => {
    integrated = valueIn(line, INTEGRATED) ?? integrated
    truePeak = valueIn(line, PEAK) ?? truePeak
  }
  await runFfmpeg(tools, { ...run, onLine })
  // Never taken for silence: the film would stay as loud as it happens to be.
  if (integrated === undefined) throw new MediaError('failed', `ffmpeg did not say how loud it is (${run.task}).`)
  return { integrated, truePeak }
}

function valueIn(line: string, pattern: RegExp): number | undefined {
  const value = pattern.exec(line)?.[1]
  return value === undefined || value === '-inf' ? undefined : Number(value)
}

export interface MeasureRequest extends Controls {
  input: FfmpegInput
  /** A name in a folder of the caller's own, for a file that says nothing. */
  output: string
  /** Of the stream in the input. Default 0. */
  index?: number
  /** Whether peaks are wanted too, which takes twice as long. Default true. */
  withPeak?: boolean
}

/** Measures what is in a file. Throws a MediaError. */
export function measure(
  tools: MediaTools,
  { input, output, index = 0, withPeak = true, signal }: MeasureRequest,
): Promise<Loudness> {
  return runMeasured(tools, {
    task: 'measure how loud the sound is',
    inputs: [input],
    filter: `[0:${index}]${withPeak ? METER : QUICK_METER}[a]`,
    // A run that writes nothing counts as one that found nothing to read: a checksum is the least.
    options: ['-map', '[a]', '-f', 'md5'],
    output,
    timeoutSeconds: 600,
    signal,
  })
}
