import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { alignClips } from './align-clips.ts'
import type { StoredPicture } from './check-stored.ts'
import { REORDERED_FRAMES } from './encode-clip.ts'
import { type OutputProfile, secondsOf, timescaleOf } from './profile.ts'
import type { FfmpegInput } from './run-ffmpeg.ts'
import type { MediaTools } from './tools.ts'

/** A clip or a transition, of which the film shows all but some frames at its ends. */
export interface PicturePart {
  path: string
  frames: number
  picture: StoredPicture
  /** Frames that are left out, because a transition shows them. */
  left: { begin: number; end: number }
}

export interface PictureRequest {
  /** In the order of the film. */
  parts: PicturePart[]
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

/** The parts' pictures, one after the other, ready to be copied into the film. Throws a MediaError. */
export async function joinPicture(tools: MediaTools, request: PictureRequest): Promise<JoinedPicture> {
  const { parts, profile, folder } = request
  const clips = parts.map((part) => ({ ...part, cuts: cutsOf(part) }))
  const paths = await alignClips(tools, clips, request)
  const list = join(folder, 'clips.ffconcat')
  await writeFile(list, concatList(parts, paths, profile))
  const isWhole = clips.every(({ cuts }) => cuts.length === 0)
  return {
    input: { path: list, demuxer: 'concat', options: ['-safe', '0', '-format_whitelist', 'concat,mov'] },
    options: [
      ...['-map', '0:v:0', '-c:v', 'copy', '-bsf:v', isWhole ? snapToFrames(profile) : leaveOut(parts, profile)],
      ...['-video_track_timescale', String(timescaleOf(profile))],
    ],
  }
}

function cutsOf({ frames, left: { begin, end } }: PicturePart): number[] {
  return [begin, frames - end].filter((cut) => cut > 0 && cut < frames)
}

/**
 * The list for ffmpeg's concat demuxer. It must say how long each picture lasts, or the demuxer lets the next one begin
 * where the longer of picture and sound ends.
 */
function concatList(parts: PicturePart[], paths: string[], profile: OutputProfile): string {
  const entries = parts.map(({ frames }, index) => {
    const name = resolve(paths[index] ?? '').replaceAll("'", "'\\''")
    return `file '${name}'\nduration ${secondsOf(frames, profile).toFixed(6)}\n`
  })
  return `ffconcat version 1.0\n${entries.join('')}`
}

/**
 * Lets the picture begin at 0 and every frame stand at its place: ffmpeg puts all of it off by the 21 ms that AAC's
 * priming begins before it, and the list is exact to a microsecond only, which 29.97 fps is not.
 */
function snapToFrames(profile: OutputProfile): string {
  const snapped = (time: string) => atFrame(frameOf(time, 'STARTPTS', profile), profile)
  return `setts=pts=${snapped('PTS')}:dts=${snapped('DTS')}`
}

/**
 * The same, without the frames that are left out. Not by the list's own inpoint and outpoint: an outpoint is compared
 * with when packets are decoded, and with the sound's too, which may be stored before the picture that it belongs to.
 */
export function leaveOut(parts: Pick<PicturePart, 'frames' | 'left'>[], profile: OutputProfile): string {
  const gaps: { from: number; frames: number }[] = []
  let begin = 0
  for (const { frames, left } of parts) {
    if (left.begin > 0) gaps.push({ from: begin, frames: left.begin })
    if (left.end > 0) gaps.push({ from: begin + frames - left.end, frames: left.end })
    begin += frames
  }
  const isIn = gaps.map(({ from, frames }) => `between(ld(0),${from},${from + frames - 1})`)
  const before = gaps.map(({ from, frames }) => `${frames}*gte(ld(0),${from})`)
  const drop = `st(0,${frameOf('pts', 'startpts', profile)})*0+${sumOf(isIn)}`
  const shown = `st(0,${frameOf('PTS', 'STARTPTS', profile)})-${sumOf(before)}`
  // Our encoder's packets alone, so how far decoding is ahead of showing is known.
  const pts = atFrame(`(${shown})`, profile)
  const dts = atFrame(`(N-${REORDERED_FRAMES})`, profile)
  return `noise=drop='${drop}',setts=pts='${pts}':dts='${dts}'`
}

/** Added up two by two, as a tree: ffmpeg refuses a sum of a hundred terms in one row as nested too deeply. */
function sumOf(terms: string[]): string {
  if (terms.length <= 1) return terms[0] ?? '0'
  const half = Math.ceil(terms.length / 2)
  return `(${sumOf(terms.slice(0, half))}+${sumOf(terms.slice(half))})`
}

/** The number of the frame that is shown or decoded at a time. */
function frameOf(time: string, start: string, { fps }: OutputProfile): string {
  return `round((${time}-${start})*${time === 'pts' ? 'tb' : 'TB'}*${fps.num}/${fps.den})`
}

/** When so many frames have been shown, in ticks. */
function atFrame(frame: string, { fps }: OutputProfile): string {
  return `${frame}*${fps.den}/${fps.num}/TB`
}
