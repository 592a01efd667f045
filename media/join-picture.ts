import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { alignHeaders } from './align-headers.ts'
import type { MediaInfo } from './probe.ts'
import { type OutputProfile, secondsOf, timescaleOf } from './profile.ts'
import type { FfmpegInput } from './run-ffmpeg.ts'
import type { MediaTools } from './tools.ts'

export interface PictureRequest {
  clips: { path: string; frames: number }[]
  /** What `probe` says of each clip. */
  infos: MediaInfo[]
  profile: OutputProfile
  /** Where what is made on the way is put. */
  folder: string
  signal?: AbortSignal
}

export interface JoinedPicture {
  input: FfmpegInput
  /** Options of the output that copy the picture of that input, the first of the run. */
  options: string[]
}

/** The clips' pictures, one after the other, ready to be copied into the film. Throws a MediaError. */
export async function joinPicture(tools: MediaTools, request: PictureRequest): Promise<JoinedPicture> {
  const { profile, folder } = request
  const pictures = await alignHeaders(tools, request)
  const list = join(folder, 'clips.ffconcat')
  await writeFile(list, concatList(pictures, profile))
  return {
    input: { path: list, demuxer: 'concat', options: ['-safe', '0', '-format_whitelist', 'concat,mov'] },
    options: [
      ...['-map', '0:v:0', '-c:v', 'copy', '-bsf:v', snapToFrames(profile)],
      ...['-video_track_timescale', String(timescaleOf(profile))],
    ],
  }
}

/**
 * The list for ffmpeg's concat demuxer. It must say how long each picture lasts, or the demuxer lets the next one begin
 * where the longer of picture and sound ends.
 */
function concatList(clips: { path: string; frames: number }[], profile: OutputProfile): string {
  const entries = clips.map(({ path, frames }) => {
    const name = resolve(path).replaceAll("'", "'\\''")
    return `file '${name}'\nduration ${secondsOf(frames, profile).toFixed(6)}\n`
  })
  return `ffconcat version 1.0\n${entries.join('')}`
}

/**
 * Lets the picture begin at 0 and every frame stand at its place: ffmpeg puts all of it off by the 21 ms that AAC's
 * priming begins before it, and the list is exact to a microsecond only, which 29.97 fps is not.
 */
function snapToFrames({ fps }: OutputProfile): string {
  const frames = `${fps.num}/${fps.den}`
  const snapped = (time: string) => `round((${time}-STARTPTS)*TB*${frames})/(${frames})/TB`
  return `setts=pts=${snapped('PTS')}:dts=${snapped('DTS')}`
}
