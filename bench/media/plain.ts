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

/** Every frame decoded, crossfaded and encoded as ours are; the sound crossfaded and brought to -14 LUFS. */
export async function encodeAll(ffmpegPath: string, material: Material, folder: string): Promise<string> {
  const { clips, profile } = material
  const seconds = ((clips[0]?.frames ?? 0) * profile.fps.den) / profile.fps.num
  const filters: string[] = clips.map((_, index) => `[${index}:v]format=yuv420p[p${index}]`)
  for (let index = 1; index < clips.length; index++) {
    const offset = (index * (seconds - OVERLAP_SECONDS)).toFixed(6)
    const [picture, sound] = index === 1 ? ['[p0]', '[0:a]'] : [`[v${index - 1}]`, `[a${index - 1}]`]
    filters.push(
      `${picture}[p${index}]xfade=transition=fade:duration=${OVERLAP_SECONDS}:offset=${offset},format=yuv420p[v${index}]`,
    )
    filters.push(`${sound}[${index}:a]acrossfade=d=${OVERLAP_SECONDS}:c1=qsin:c2=qsin[a${index}]`)
  }
  const last = clips.length - 1
  filters.push(`[a${last}]loudnorm=I=-14:TP=-1,aresample=48000[sound]`)
  const output = path.join(folder, 'encoded.mp4')
  await run(ffmpegPath, [
    ...clips.flatMap((clip) => ['-i', clip.path]),
    ...['-filter_complex', filters.join(';'), '-map', `[v${last}]`, '-map', '[sound]', ...pictureOptions(profile)],
    ...[...SOUND_OPTIONS, '-movflags', '+faststart', output],
  ])
  return output
}
