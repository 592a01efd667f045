import { MediaError } from './errors.ts'
import { colorsOf, displaySize } from './fit-picture.ts'
import { probe } from './probe.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import type { MediaTools } from './tools.ts'

/** Pixels: the most that a thumbnail is wide. */
export const MAX_THUMBNAIL_WIDTH = 640

/**
 * A quarter of a second apart at 24 frames a second: which frame is typical does not change faster, and scaling all of them
 * took half of the time.
 */
const EVERY_NTH_FRAME = 6

export interface ThumbnailRequest {
  input: string
  /** A name that ends in .jpg. */
  output: string
  /** Which moment to show (seconds); without it, the most typical frame of the first three seconds. */
  atSeconds?: number
  signal?: AbortSignal
}

/** Makes a JPEG of a video, at most 640 pixels wide. Throws a MediaError. */
export async function thumbnail(tools: MediaTools, request: ThumbnailRequest): Promise<void> {
  const { input, output, atSeconds, signal } = request
  const { container, video } = await probe(tools, input, { signal })
  if (!video) throw new MediaError('unreadable', 'There is no picture to make a thumbnail of, only sound.')
  const shown = displaySize(video)
  const width = Math.max(2, Math.round(Math.min(MAX_THUMBNAIL_WIDTH, shown.width)))
  const height = Math.max(2, Math.round((width * shown.height) / shown.width))
  const [sparse, typical] =
    atSeconds === undefined
      ? [`framestep=${EVERY_NTH_FRAME},`, `,thumbnail=n=${Math.ceil(180 / EVERY_NTH_FRAME)}`]
      : ['', '']
  // A JPEG's colours are BT.601 by definition. The frames are scaled before they are compared, because comparing keeps
  // three seconds of them in memory.
  const scaled = `[0:${video.index}]${sparse}scale=${width}:${height}:${colorsOf(video)}:out_color_matrix=bt601:out_range=pc,setsar=1`
  const moment = atSeconds === undefined ? ['-t', '3'] : ['-ss', String(atSeconds)]
  await runFfmpeg(tools, {
    task: 'make a thumbnail',
    inputs: [{ path: input, demuxer: container, options: moment }],
    filter: `${scaled}${typical},format=yuvj420p[v]`,
    options: ['-map', '[v]', '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '3', '-f', 'image2', '-update', '1'],
    output,
    timeoutSeconds: 60,
    signal,
  })
}
