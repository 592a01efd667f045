import { join } from 'node:path'
import { moveFile, withRunFolder } from '../folder.ts'
import { SAMPLE_RATE } from '../profile.ts'
import { type FfmpegInput, runFfmpeg } from '../run-ffmpeg.ts'
import { SOUND_OPTIONS } from '../sound-filters.ts'
import type { Controls, MediaTools } from '../tools.ts'
import { type Brought, bringToLoudness, type Source } from './bring-to-loudness.ts'
import { isAudible, type Loudness, measure } from './loudness.ts'

/** LUFS that films and music have, which is what the large platforms turn louder ones down to. */
export const LOUDNESS = -14
/** dBTP that no peak goes above. */
const TRUE_PEAK = -1
/** dB. How far the encoded sound may be off the loudness before it is encoded again. */
const TOLERANCE = 0.8
/** dB. A lossy codec raises peaks, mostly by less than this. */
const HEADROOM = 1
const MAX_TRIES = 5
/** dB. How far it may be off the loudness after the last try before that is a problem. */
const ACCEPTED = 1

const ENCODINGS = {
  aac: { demuxer: 'mov', extension: 'm4a', options: SOUND_OPTIONS },
  mp3: { demuxer: 'mp3', extension: 'mp3', options: ['-c:a', 'libmp3lame', '-b:a', '192k', '-f', 'mp3'] },
} as const

export interface SoundEncoding extends Controls {
  /** A WAV or FLAC of 48 kHz and stereo. */
  input: FfmpegInput
  /** How loud it is. */
  loudness: Loudness
  samples: number
  /** How long it fades out at its end (seconds). Default 0. */
  fadeSeconds?: number
  /** dB that it is raised at most, so that a murmur stays one. Default: as much as it takes. */
  maxRaise?: number
  encoding: keyof typeof ENCODINGS
  output: string
}

/**
 * Encodes sound at -14 LUFS with no true peak above -1 dBTP, both measured in the result. What can't be heard is not made
 * louder (`SILENCE`), and nothing by more than `maxRaise`. Throws a MediaError.
 * @returns what is not as it should be after the last try, as a sentence; mostly null
 */
export async function encodeSound(tools: MediaTools, request: SoundEncoding): Promise<string | null> {
  const { input, samples, fadeSeconds = 0, maxRaise = Number.POSITIVE_INFINITY, encoding, output, signal } = request
  const { demuxer, extension } = ENCODINGS[encoding]
  const source: Source = { input, loudness: request.loudness, samples, fadeSeconds }
  const wanted = isAudible(source.loudness) ? Math.min(LOUDNESS, source.loudness.integrated + maxRaise) : null
  return withRunFolder(tools.tempDir, async (folder) => {
    const result = join(folder, `encoded.${extension}`)
    let target = wanted
    let problem: string | null = null
    let ceiling = TRUE_PEAK - HEADROOM
    const tell = onlyGrowing(request.onProgress)
    for (let tries = 1; ; tries++) {
      const brought = await bringToLoudness(tools, source, { target, ceiling, folder, signal })
      await encode(tools, { ...request, onProgress: tell }, brought, result)
      if (source.loudness.truePeak === Number.NEGATIVE_INFINITY) break
      const made = await measure(tools, { input: { path: result, demuxer }, output: join(folder, 'made.md5'), signal })
      const [excess, lack] = [made.truePeak - TRUE_PEAK, wanted === null ? 0 : wanted - made.integrated]
      problem = problemOf(made, wanted)
      const isLoudEnough = Math.abs(lack) <= TOLERANCE || (lack > 0 && brought.isSpent)
      if ((excess <= 0 && isLoudEnough) || tries === MAX_TRIES) break
      if (excess > 0) ceiling -= excess + 0.1
      if (target !== null) target += lack
    }
    await moveFile(result, output)
    return problem
  })
}

function problemOf({ integrated, truePeak }: Loudness, wanted: number | null): string | null {
  const said = `The sound came to ${integrated} LUFS with a true peak of ${truePeak} dBTP`
  const isOff = wanted !== null && Math.abs(wanted - integrated) > ACCEPTED
  if (isOff) return `${said}; ${wanted.toFixed(1)} LUFS was wanted.`
  return truePeak > TRUE_PEAK ? `${said}; ${TRUE_PEAK} dBTP is the most that was wanted.` : null
}

function encode(
  tools: MediaTools,
  { encoding, samples, signal, onProgress }: SoundEncoding,
  { input, filter }: Brought,
  output: string,
): Promise<void> {
  return runFfmpeg(tools, {
    task: 'encode the sound',
    inputs: [input],
    filter: `[0:a]${filter}[a]`,
    options: ['-map', '[a]', ...ENCODINGS[encoding].options, '-map_metadata', '-1'],
    output,
    expectedSeconds: samples / SAMPLE_RATE,
    timeoutSeconds: 1800,
    signal,
    onProgress,
  })
}

/** Says nothing a second time where the sound is encoded again. */
function onlyGrowing(onProgress: Controls['onProgress']): Controls['onProgress'] {
  let told = 0
  return (
    onProgress &&
    ((fraction) => {
      if (fraction <= told) return
      told = fraction
      onProgress(fraction)
    })
  )
}
