import { join } from 'node:path'
import sharp from 'sharp'
import { MediaError } from './errors.ts'
import { colorsOf, displaySize, toStandardRange } from './fit-picture.ts'
import { moveFile, withRunFolder } from './folder.ts'
import { probe } from './probe.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import { bestOf } from './stills.ts'
import type { MediaTools } from './tools.ts'

/** Pixels: the most that a thumbnail is wide. */
export const MAX_THUMBNAIL_WIDTH = 640

/** How many moments are looked at, in rows of so many. */
const CANDIDATES = { columns: 4, rows: 3 }
/** Seconds of the beginning that they are taken from. */
const LOOKED_AT_SECONDS = 12

export interface ThumbnailRequest {
  input: string
  /** A name that ends in .jpg. */
  output: string
  /** Which moment to show (seconds); without it, an early one that is neither dark nor blurred beside the others. */
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
  const { columns, rows } = CANDIDATES
  const looked = Math.min(video.frames, Math.round((LOOKED_AT_SECONDS * video.frames) / video.durationSeconds))
  const step = Math.max(1, Math.ceil(looked / (columns * rows)))
  const [moment, chosen] =
    atSeconds === undefined
      ? [['-t', String(LOOKED_AT_SECONDS)], [`framestep=${step}`]]
      : [['-ss', String(atSeconds)], []]
  const tiles = atSeconds === undefined ? `,tile=${columns}x${rows}` : ''
  const scaled = `[0:${video.index}]${[...chosen, ...toStandardRange(video), ''].join(',')}scale=${width}:${height}:${colorsOf(video)}`
  const picture = {
    task: 'make a thumbnail',
    inputs: [{ path: input, demuxer: container, options: moment }],
    timeoutSeconds: 60,
    signal,
  }
  // A JPEG's colours are BT.601 by definition.
  const toJpeg = `:out_color_matrix=bt601:out_range=pc,setsar=1${tiles},format=yuvj420p[v]`
  const oneFrame = ['-map', '[v]', '-frames:v', '1', '-c:v', 'mjpeg', '-f', 'image2', '-update', '1']
  if (atSeconds !== undefined) {
    await runFfmpeg(tools, { ...picture, filter: scaled + toJpeg, options: [...oneFrame, '-q:v', '3'], output })
    return
  }
  await withRunFolder(tools.tempDir, async (folder) => {
    const sheet = join(folder, 'sheet.jpg')
    await runFfmpeg(tools, { ...picture, filter: scaled + toJpeg, options: [...oneFrame, '-q:v', '2'], output: sheet })
    await chooseTile(sheet, { count: Math.ceil(looked / step), width, height }, join(folder, 'best.jpg'))
    await moveFile(join(folder, 'best.jpg'), output)
  })
}

async function chooseTile(
  sheet: string,
  { count, width, height }: { count: number; width: number; height: number },
  output: string,
): Promise<void> {
  const decoded = await sharp(sheet).raw().toBuffer({ resolveWithObject: true })
  const { channels, width: sheetWidth, height: sheetHeight } = decoded.info
  const raw = { width: sheetWidth, height: sheetHeight, channels }
  const tileAt = (index: number) =>
    sharp(decoded.data, { raw }).extract({
      left: (index % CANDIDATES.columns) * width,
      top: Math.floor(index / CANDIDATES.columns) * height,
      ...{ width, height },
    })
  const best = await bestOf(Array.from({ length: Math.max(1, count) }, (_, index) => tileAt(index)))
  await tileAt(best)
    .jpeg({ quality: 85 })
    .toFile(output)
}
