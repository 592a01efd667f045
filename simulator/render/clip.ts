/** Renders a clip: real motion over real photos, a caption that tells clips apart, and a quiet sound track. */

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Caption, drawCaption } from './caption.ts'
import { runFfmpeg } from './ffmpeg.ts'
import type { Frame } from './frame.ts'
import { moveFilters } from './motion.ts'
import type { Still } from './stills.ts'

export interface Clip {
  frame: Frame
  /** One still, or the first and the last. */
  stills: [Still] | [Still, Still]
  caption: Caption
  /** Chooses the tone at the start. */
  number: number
}

/** Seconds that the first still takes to dissolve into the last. */
const DISSOLVE = 0.8
/** A keyframe at least every second. */
const KEYFRAME_SECONDS = 1
/** Steps of a pentatonic scale, in Hz. */
const TONES = [392, 440, 523.25, 587.33, 659.25]

/**
 * Renders a clip to an MP4 (H.264, yuv420p; AAC 48 kHz stereo with audio) of exactly `frame.count` frames.
 * @throws {PredictionError} when ffmpeg fails
 * @throws the signal's reason when that is aborted
 */
export async function renderClip(ffmpeg: string, clip: Clip, target: string, signal: AbortSignal): Promise<void> {
  const { frame, stills } = clip
  const work = await mkdtemp(`${target}-`)
  try {
    const caption = await drawCaption(clip.caption, frame)
    const inputs: string[] = []
    for (const [index, png] of [...stills.map((still) => still.png), caption.png].entries()) {
      const file = path.join(work, `${index}.png`)
      await writeFile(file, png)
      inputs.push('-i', file)
    }
    const filters = [...pictureFilters(clip), ...(frame.audio ? [soundFilter(clip)] : [])]
    const seconds = frame.count / frame.fps
    const args = [
      ...inputs,
      ...['-filter_complex', filters.join(';'), '-map', '[picture]'],
      ...['-frames:v', `${frame.count}`, '-r', `${frame.fps}`],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '26', '-pix_fmt', 'yuv420p'],
      // The least that makes it H.264 High, which is what the models put out.
      ...['-x264-params', '8x8dct=1'],
      ...['-g', `${frame.fps * KEYFRAME_SECONDS}`, '-threads', '2'],
      ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'],
      ...(frame.audio ? ['-map', '[sound]', '-c:a', 'aac', '-b:a', '128k', '-t', `${seconds}`] : []),
      ...['-movflags', '+faststart', '-f', 'mp4', path.join(work, 'clip.mp4')],
    ]
    await runFfmpeg(ffmpeg, args, signal)
    await rename(path.join(work, 'clip.mp4'), target)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function pictureFilters({ frame, stills }: Clip): string[] {
  const [first, last] = stills
  const captionInput = stills.length
  const captioned = [
    `[${captionInput}:v]scale=out_color_matrix=bt709:out_range=tv,format=yuva420p,${repeated(frame, frame.count)},fade=in:st=0:d=0.5:alpha=1[caption]`,
    `[scene][caption]overlay=0:0:shortest=1,format=yuv420p,setsar=1[picture]`,
  ]
  if (!last) {
    const move = moveFilters(first, frame, { direction: 'away', frames: frame.count })
    return [`[0:v]${prepared(frame, frame.count)},${move},format=yuv420p[scene]`, ...captioned]
  }
  const overlap = Math.round(DISSOLVE * frame.fps)
  const before = Math.ceil((frame.count + overlap) / 2)
  const after = frame.count + overlap - before
  const away = moveFilters(first, frame, { direction: 'away', frames: before })
  const back = moveFilters(last, frame, { direction: 'back', frames: after })
  return [
    `[0:v]${prepared(frame, before)},${away},format=yuv420p[first]`,
    `[1:v]${prepared(frame, after)},${back},format=yuv420p[last]`,
    `[first][last]xfade=transition=fade:duration=${overlap / frame.fps}:offset=${(before - overlap) / frame.fps}[scene]`,
    ...captioned,
  ]
}

function prepared(frame: Frame, frames: number): string {
  return `scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,${repeated(frame, frames)}`
}

/** One picture, so many times, at the frame rate. */
function repeated(frame: Frame, frames: number): string {
  return `loop=loop=-1:size=1:start=0,setpts=N/${frame.fps}/TB,fps=${frame.fps},trim=end_frame=${frames}`
}

/** A soft wind, a little later on the right, and a short tone at the start. */
function soundFilter({ frame, number }: Clip): string {
  const seconds = frame.count / frame.fps
  const tone = TONES[number % TONES.length]
  const wind = `anoisesrc=r=48000:c=brown:a=0.12:d=${seconds}:seed=${number},lowpass=f=700,tremolo=f=0.13:d=0.5`
  const bell = `aevalsrc='0.09*min(1,t*60)*exp(-3.2*t)*(sin(2*PI*${tone}*t)+0.4*sin(4*PI*${tone}*t))':s=48000:d=${seconds}`
  return [
    `${wind},asplit[left][wind]`,
    `[wind]adelay=23[right]`,
    `[left][right]join=inputs=2:channel_layout=stereo[both]`,
    `${bell},aformat=channel_layouts=stereo[bell]`,
    `[both][bell]amix=inputs=2:normalize=0:duration=first,afade=in:d=0.05,afade=out:st=${seconds - 0.15}:d=0.15[sound]`,
  ].join(';')
}
