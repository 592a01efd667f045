import { join } from 'node:path'
import { MediaError } from '../errors.ts'
import { withRunFolder } from '../folder.ts'
import { SAMPLE_RATE } from '../profile.ts'
import { runFfmpeg } from '../run-ffmpeg.ts'
import { isAudible, measure } from '../sound/loudness.ts'
import { withDecoded } from '../soundtrack/decode.ts'
import type { MediaTools } from '../tools.ts'

export interface KeepVoiceRequest {
  /** What a model spoke: sound of any kind that is read here. */
  input: string
  /** A name that ends in .flac. */
  output: string
  signal?: AbortSignal
}

/** Seconds. Of ten times the longest text that is spoken nothing is kept: the model has lost its thread. */
const LONGEST = 300
/** LUFS. A little louder than the parts of a film's sound, which step back under it. */
const VOICE_LOUDNESS = -16
/** dBTP that the voice is limited to. */
const CEILING = -2

/**
 * Keeps a voice without loss, in the form of all sound here, and as loud as every other one. Throws a MediaError
 * (unreadable) where nothing is to be heard.
 */
export function keepVoice(tools: MediaTools, request: KeepVoiceRequest): Promise<{ seconds: number }> {
  const { input, output, signal } = request
  return withDecoded(tools, { input, most: LONGEST * SAMPLE_RATE, signal }, ({ path, samples }) =>
    withRunFolder(tools.tempDir, async (folder) => {
      const decoded = { path, demuxer: 'wav' as const }
      const loudness = await measure(tools, {
        ...{ input: decoded, output: join(folder, 'voice.md5'), withPeak: false, signal },
      })
      if (!isAudible(loudness)) throw new MediaError('unreadable', 'Nothing is heard in what was spoken.')
      const gain = VOICE_LOUDNESS - loudness.integrated
      const limit = (10 ** (CEILING / 20)).toFixed(4)
      await runFfmpeg(tools, {
        task: 'keep the voice',
        inputs: [decoded],
        filter: `[0:a]volume=${gain.toFixed(3)}dB,alimiter=limit=${limit}:level=0:latency=1,aformat=sample_fmts=s16[a]`,
        options: ['-map', '[a]', '-c:a', 'flac', '-map_metadata', '-1'],
        output,
        timeoutSeconds: 120,
        signal,
      })
      return { seconds: samples / SAMPLE_RATE }
    }),
  )
}
