import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MediaError } from '../errors.ts'
import { withRunFolder } from '../folder.ts'
import { probe } from '../probe.ts'
import { SAMPLE_RATE } from '../profile.ts'
import { runFfmpeg } from '../run-ffmpeg.ts'
import type { MediaTools } from '../tools.ts'
import { HEADER_BYTES, SAMPLE_BYTES, WAV_OPTIONS } from './wav.ts'

export interface DecodedMusic {
  /** A WAV of our form, there until the work is done. */
  path: string
  samples: number
}

/**
 * Decodes music, or as many samples of it as are wanted, and hands it to `work`. Only so is its length exact: what an MP3 says of itself counts up to 80 ms of
 * padding that a decoder drops. Throws a MediaError (unreadable) when there is no sound.
 */
export async function withDecoded<T>(
  tools: MediaTools,
  { input, most, signal }: { input: string; most?: number; signal?: AbortSignal },
  work: (music: DecodedMusic) => Promise<T>,
): Promise<T> {
  const { container, audio } = await probe(tools, input, { signal })
  if (!audio) throw new MediaError('unreadable', 'The music has no sound track. Choose another file.')
  const cut = most === undefined ? '' : `,atrim=end_sample=${most}`
  return withRunFolder(tools.tempDir, async (folder) => {
    const path = join(folder, 'music.wav')
    await runFfmpeg(tools, {
      task: 'decode the music',
      inputs: [{ path: input, demuxer: container }],
      filter: `[0:${audio.index}]aresample=${SAMPLE_RATE},aformat=channel_layouts=stereo${cut}[a]`,
      options: ['-map', '[a]', ...WAV_OPTIONS],
      output: path,
      timeoutSeconds: 600,
      signal,
    })
    const samples = Math.floor(((await stat(path)).size - HEADER_BYTES) / SAMPLE_BYTES)
    if (samples === 0) throw new MediaError('unreadable', 'The music is empty. Choose another file.')
    return work({ path, samples })
  })
}
