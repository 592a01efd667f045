import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { MediaError } from './errors.ts'
import { colorsOf, displaySize, toStandardRange } from './fit-picture.ts'
import { moveFile, withRunFolder } from './folder.ts'
import { type MediaInfo, probe, type VideoInfo } from './probe.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import { bestOf } from './stills.ts'
import type { MediaTools } from './tools.ts'

/** Pixels: the most that a thumbnail is wide. */
export const MAX_THUMBNAIL_WIDTH = 640

/** How many moments are looked at, and of how many seconds of the beginning. */
const CANDIDATES = 12
const LOOKED_AT_SECONDS = 12
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
  const info = await probe(tools, request.input, { signal: request.signal })
  const { video } = info
  if (!video) throw new MediaError('unreadable', 'There is no picture to make a thumbnail of, only sound.')
  await withRunFolder(tools.tempDir, async (folder) => {
    const pictures = await candidates(tools, { ...request, info, video, folder })
    const best = pictures[await bestOf(pictures)]
    const jpeg = join(folder, 'thumbnail.jpg')
    await best?.jpeg({ quality: 85 }).toFile(jpeg)
    await moveFile(jpeg, request.output)
  })
}

/** Pictures to choose from, decoded in one go: starting ffmpeg again for the best of them took as long. */
async function candidates(
  tools: MediaTools,
  source: ThumbnailRequest & { info: MediaInfo; video: VideoInfo; folder: string },
): Promise<Sharp[]> {
  const { input, info, video, atSeconds, folder, signal } = source
  const { options, filter, count } = atSeconds === undefined ? spreadOver(video) : momentAt(atSeconds)
  const { width, height } = shownSize(video)
  const output = join(folder, 'candidates.rgb')
  const scale = `scale=${width}:${height}:${colorsOf(video)}:out_range=pc,setsar=1,format=rgb24`
  await runFfmpeg(tools, {
    task: 'make a thumbnail',
    inputs: [{ path: input, demuxer: info.container, options }],
    filter: `[0:${video.index}]${[...filter, ...toStandardRange(video), scale].join(',')}[v]`,
    options: [
      ...['-map', '[v]', '-frames:v', String(count), '-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-f', 'rawvideo'],
    ],
    output,
    timeoutSeconds: 60,
    signal,
  })
  const pixels = await readFile(output)
  const bytes = 3 * width * height
  return Array.from({ length: Math.floor(pixels.length / bytes) }, (_, index) =>
    sharp(pixels.subarray(index * bytes, (index + 1) * bytes), { raw: { width, height, channels: 3 } }),
  )
}

const momentAt = (seconds: number) => ({ options: ['-ss', seconds.toFixed(3)], filter: [], count: 1 })

/** Keyframes where there are enough of them, because decoding those alone takes a tenth; else frames as far apart. */
function spreadOver({ frames, durationSeconds, keyframes }: VideoInfo) {
  const looked = Math.min(frames, Math.round((LOOKED_AT_SECONDS * frames) / durationSeconds))
  const early = keyframes.filter((frame) => frame < looked).length
  const isByKeyframes = early >= ENOUGH_KEYFRAMES
  const step = Math.ceil((isByKeyframes ? early : looked) / CANDIDATES)
  return {
    options: ['-t', String(LOOKED_AT_SECONDS), ...(isByKeyframes ? ['-skip_frame', 'nokey'] : [])],
    filter: [`framestep=${Math.max(1, step)}`],
    count: CANDIDATES,
  }
}

/** Pixels: as the video is shown, no wider than a thumbnail is. */
function shownSize(video: VideoInfo): { width: number; height: number } {
  const shown = displaySize(video)
  const width = Math.max(2, Math.round(Math.min(MAX_THUMBNAIL_WIDTH, shown.width)))
  return { width, height: Math.max(2, Math.round((width * shown.height) / shown.width)) }
}
