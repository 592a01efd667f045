import { MediaError } from './errors.ts'
import { probe } from './probe.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import type { MediaTools } from './tools.ts'

/** Pixels. */
const SIZE = '640x160'

export interface WaveformRequest {
  /** Music, or any file with sound. */
  input: string
  /** A name that ends in .jpg. */
  output: string
  signal?: AbortSignal
}

/** Draws the sound of a file from its begin to its end, as a JPEG of 640 × 160 pixels. Throws a MediaError. */
export async function waveform(tools: MediaTools, { input, output, signal }: WaveformRequest): Promise<void> {
  const { container, audio } = await probe(tools, input, { signal })
  if (!audio) throw new MediaError('unreadable', 'There is no sound to draw.')
  const mono = `[0:${audio.index}]aformat=channel_layouts=mono`
  // The wave is transparent where there is none, and a JPEG knows no transparency.
  const filter =
    `${mono},showwavespic=s=${SIZE}:colors=0x2563eb:scale=sqrt[wave];color=white:s=${SIZE}:d=1[page];` +
    '[page][wave]overlay=format=rgb,format=yuvj420p[v]'
  await runFfmpeg(tools, {
    task: 'draw the waveform',
    inputs: [{ path: input, demuxer: container }],
    filter,
    options: ['-map', '[v]', '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '3', '-f', 'image2', '-update', '1'],
    output,
    timeoutSeconds: 120,
    signal,
  })
}
