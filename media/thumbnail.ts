import { join } from 'node:path'
import sharp from 'sharp'
import { MediaError } from './errors.ts'
import { colorsOf, displaySize, toStandardRange } from './fit-picture.ts'
import { moveFile, withRunFolder } from './folder.ts'
import { probe } from './probe.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import { bestOf, JUDGED_WIDTH } from './stills.ts'
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
  const { columns, rows } = CANDIDATES
  const placeOf = (index: number, size: { width: number; height: number }) => ({
    left: (index % columns) * size.width,
    top: Math.floor(index / columns) * size.height,
    ...size,
  })
  // Small for judging, all of them at once.
  const factor = Math.min(1, JUDGED_WIDTH / width)
  const small = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
  const { data, info } = await sharp(sheet)
    .resize({ width: small.width * columns, height: small.height * rows, fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raw = { width: info.width, height: info.height, channels: info.channels }
  const tiles = Array.from({ length: Math.max(1, count) }, (_, index) =>
    sharp(data, { raw }).extract(placeOf(index, small)),
  )
  await sharp(sheet)
    .extract(placeOf(await bestOf(tiles), { width, height }))
    .jpeg({ quality: 85 })
    .toFile(output)
}
