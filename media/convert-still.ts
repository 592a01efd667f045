import { runFfmpeg } from './run-ffmpeg.ts'
import type { MediaTools } from './tools.ts'

const TIMEOUT_SECONDS = 60
/** As JPEG encoders count: 2 is the finest. */
const QUALITY = '2'

export interface ConvertStillRequest {
  /** A HEIC: one HEVC picture, or a grid of them as an iPhone takes it. The caller limits its pixels. */
  input: string
  /** A name that ends in .jpg. */
  output: string
  signal?: AbortSignal
}

/**
 * Makes a JPEG of a HEIC, upright. sharp's npm package can't, for want of an HEVC decoder; ffmpeg joins a grid of tiles
 * from version 8 on, and turns the picture as the file says. Throws a MediaError.
 */
export async function convertStill(tools: MediaTools, { input, output, signal }: ConvertStillRequest): Promise<void> {
  await runFfmpeg(tools, {
    task: 'read the picture',
    inputs: [{ path: input, demuxer: 'mov' }],
    // No -map and no filter: only ffmpeg's own choice takes the whole grid and not one tile.
    options: [
      '-frames:v',
      '1',
      '-c:v',
      'mjpeg',
      '-q:v',
      QUALITY,
      '-pix_fmt',
      'yuvj420p',
      '-f',
      'image2',
      '-update',
      '1',
    ],
    output,
    timeoutSeconds: TIMEOUT_SECONDS,
    signal,
  })
}
