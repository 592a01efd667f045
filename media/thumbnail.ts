import { join } from 'node:path'
import sharp from 'sharp'
import type { Demuxer } from './demuxer.ts'
import { MediaError } from './errors.ts'
import { colorsOf, displaySize, toStandardRange } from './fit-picture.ts'
import { withRunFolder } from './folder.ts'
import { probe, type VideoInfo } from './probe.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import { bestOf, JUDGED_WIDTH } from './stills.ts'
import type { MediaTools } from './tools.ts'

/** Pixels: the most that a thumbnail is wide. */
export const MAX_THUMBNAIL_WIDTH = 640

/** How many moments are looked at, in rows of so many. */
const CANDIDATES = { columns: 4, rows: 3 }
/** Seconds of the beginning that they are taken from. */
const LOOKED_AT_SECONDS = 12
/** So many keyframes are enough to choose from, and decoding those alone takes a tenth. */
const ENOUGH_KEYFRAMES = 4

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
  const { input, output, signal } = request
  const { container, video } = await probe(tools, input, { signal })
  if (!video) throw new MediaError('unreadable', 'There is no picture to make a thumbnail of, only sound.')
  const source = { input, container, video, signal }
  const atSeconds = request.atSeconds ?? (await bestMoment(tools, source))
  const { width, height } = sizeAt(MAX_THUMBNAIL_WIDTH, video)
  await drawFrame(tools, source, {
    options: ['-ss', atSeconds.toFixed(3)],
    filters: [scaled(video, width, height)],
    quality: 3,
    output,
  })
}

interface Source {
  input: string
  container: Demuxer
  video: VideoInfo
  signal?: AbortSignal
}

/** When the video shows one of its best frames (seconds): moments all over its beginning are judged, small. */
async function bestMoment(tools: MediaTools, source: Source): Promise<number> {
  const { video } = source
  const { columns, rows } = CANDIDATES
  const { frames, options } = lookedAt(video)
  const step = Math.max(1, Math.ceil(frames.length / (columns * rows)))
  const tile = sizeAt(JUDGED_WIDTH, video)
  const best = await withRunFolder(tools.tempDir, async (folder) => {
    const sheet = join(folder, 'sheet.jpg')
    await drawFrame(tools, source, {
      options: ['-t', String(LOOKED_AT_SECONDS), ...options],
      filters: [`framestep=${step}`, scaled(video, tile.width, tile.height), `tile=${columns}x${rows}`],
      quality: 2,
      output: sheet,
    })
    const { data, info } = await sharp(sheet).raw().toBuffer({ resolveWithObject: true })
    const raw = { width: info.width, height: info.height, channels: info.channels }
    const tiles = Array.from({ length: Math.max(1, Math.ceil(frames.length / step)) }, (_, index) =>
      sharp(data, { raw }).extract({
        left: (index % columns) * tile.width,
        top: Math.floor(index / columns) * tile.height,
        ...tile,
      }),
    )
    return bestOf(tiles)
  })
  return ((frames[best * step] ?? 0) * video.durationSeconds) / video.frames
}

/** The numbers of the frames to choose among, and how only they are decoded. */
function lookedAt({ frames, durationSeconds, keyframes }: VideoInfo): { frames: number[]; options: string[] } {
  const looked = Math.min(frames, Math.round((LOOKED_AT_SECONDS * frames) / durationSeconds))
  const early = keyframes.filter((frame) => frame < looked)
  if (early.length >= ENOUGH_KEYFRAMES) return { frames: early, options: ['-skip_frame', 'nokey'] }
  return { frames: Array.from({ length: looked }, (_, frame) => frame), options: [] }
}

/** Pixels: as the video is shown, at most so wide. */
function sizeAt(most: number, video: VideoInfo): { width: number; height: number } {
  const shown = displaySize(video)
  const width = Math.max(2, Math.round(Math.min(most, shown.width)))
  return { width, height: Math.max(2, Math.round((width * shown.height) / shown.width)) }
}

/** A JPEG's colours are BT.601 by definition. */
const scaled = (video: VideoInfo, width: number, height: number) =>
  [
    ...toStandardRange(video),
    `scale=${width}:${height}:${colorsOf(video)}:out_color_matrix=bt601:out_range=pc,setsar=1`,
  ].join(',')

function drawFrame(
  tools: MediaTools,
  { input, container, video, signal }: Source,
  drawn: { options: string[]; filters: string[]; quality: number; output: string },
): Promise<void> {
  return runFfmpeg(tools, {
    task: 'make a thumbnail',
    inputs: [{ path: input, demuxer: container, options: drawn.options }],
    filter: `[0:${video.index}]${drawn.filters.join(',')},format=yuvj420p[v]`,
    options: [
      ...['-map', '[v]', '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', String(drawn.quality)],
      ...['-f', 'image2', '-update', '1'],
    ],
    output: drawn.output,
    timeoutSeconds: 60,
    signal,
  })
}
