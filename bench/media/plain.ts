/** The same films by plain ffmpeg, each in one command. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { pictureOptions } from '../../media/encode-clip.ts'
import { SOUND_OPTIONS } from '../../media/sound-filters.ts'
import { type Material, OVERLAP_SECONDS } from './clips.ts'

const run = (ffmpegPath: string, args: string[]) =>
  promisify(execFile)(ffmpegPath, ['-v', 'error', '-nostdin', '-y', ...args], { maxBuffer: 1e8 })

export async function concatCopy(ffmpegPath: string, { clips }: Material, folder: string): Promise<void> {
  const list = path.join(folder, 'plain.txt')
  await writeFile(list, clips.map((clip) => `file '${clip.path}'\n`).join(''))
  const output = path.join(folder, 'plain.mp4')
  await run(ffmpegPath, [
    ...['-f', 'concat', '-safe', '0', '-i', list],
    ...['-map', '0:v', '-c', 'copy', '-movflags', '+faststart', output],
  ])
}

/** As many clips are read as inputs, which is how it is mostly written. */
const MOST_INPUTS = 8

/** Every frame decoded, crossfaded and encoded as ours are; the sound crossfaded and brought to -14 LUFS. */
export async function encodeAll(ffmpegPath: string, material: Material, folder: string): Promise<string> {
  const { clips, profile } = material
  const seconds = ((clips[0]?.frames ?? 0) * profile.fps.den) / profile.fps.num
  // All inputs are decoded ahead of their turn: 40 at 1080p had taken 20 GB when a third was encoded, and grew on. These
  // filters decode what is asked of them.
  const isLong = clips.length > MOST_INPUTS
  const read = ({ path }: { path: string }, index: number) => [`movie=${path}[i${index}]`, `amovie=${path}[s${index}]`]
  const sources = isLong ? clips.flatMap(read) : []
  const pictureOf = (index: number) => (isLong ? `[i${index}]` : `[${index}:v]`)
  const soundOf = (index: number) => (isLong ? `[s${index}]` : `[${index}:a]`)
  const filters: string[] = [...sources, ...clips.map((_, index) => `${pictureOf(index)}format=yuv420p[p${index}]`)]
  for (let index = 1; index < clips.length; index++) {
    const offset = (index * (seconds - OVERLAP_SECONDS)).toFixed(6)
    const [picture, sound] = index === 1 ? ['[p0]', soundOf(0)] : [`[v${index - 1}]`, `[a${index - 1}]`]
    filters.push(
      `${picture}[p${index}]xfade=transition=fade:duration=${OVERLAP_SECONDS}:offset=${offset},format=yuv420p[v${index}]`,
    )
    filters.push(`${sound}${soundOf(index)}acrossfade=d=${OVERLAP_SECONDS}:c1=qsin:c2=qsin[a${index}]`)
  }
  const last = clips.length - 1
  filters.push(`[a${last}]loudnorm=I=-14:TP=-1,aresample=48000[sound]`)
  const output = path.join(folder, 'encoded.mp4')
  await run(ffmpegPath, [
    ...(isLong ? [] : clips.flatMap((clip) => ['-i', clip.path])),
    ...['-filter_complex', filters.join(';'), '-map', `[v${last}]`, '-map', '[sound]', ...pictureOptions(profile)],
    ...[...SOUND_OPTIONS, '-movflags', '+faststart', output],
  ])
  return output
}
