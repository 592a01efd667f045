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

/** As many clips are written as it is mostly done: each an input, and crossfaded one after the other. */
const MOST_INPUTS = 8

/** Every frame decoded, crossfaded and encoded as ours are; the sound crossfaded and brought to -14 LUFS. */
export async function encodeAll(ffmpegPath: string, material: Material, folder: string): Promise<string> {
  const { clips, profile } = material
  const seconds = ((clips[0]?.frames ?? 0) * profile.fps.den) / profile.fps.num
  const { filters, film } = clips.length > MOST_INPUTS ? joinLong(clips, seconds) : joinShort(clips, seconds)
  const output = path.join(folder, 'encoded.mp4')
  await run(ffmpegPath, [
    ...(clips.length > MOST_INPUTS ? [] : clips.flatMap((clip) => ['-i', clip.path])),
    ...['-filter_complex', [...filters, `${film.sound}loudnorm=I=-14:TP=-1,aresample=48000[sound]`].join(';')],
    ...['-map', film.picture, '-map', '[sound]', ...pictureOptions(profile)],
    ...[...SOUND_OPTIONS, '-movflags', '+faststart', output],
  ])
  return output
}

/** What was joined so far: its streams in the filter graph. */
interface Part {
  picture: string
  sound: string
  seconds: number
}
interface Joined {
  filters: string[]
  film: Part
}

function joinShort(clips: Material['clips'], seconds: number): Joined {
  const filters = clips.map((_, index) => `[${index}:v]format=yuv420p[p${index}]`)
  const [first, ...others] = clips.map((_, index): Part => ({ picture: `[p${index}]`, sound: `[${index}:a]`, seconds }))
  return { filters, film: others.reduce((film, next) => crossfade(film, next, filters), first as Part) }
}

/**
 * All inputs are decoded ahead of their turn: 40 at 1080p had taken 20 GB when a third was encoded, and grew on. These filters
 * decode what is asked of them. And by halves: one after the other, 40 take four times as long, because every frame goes
 * through all crossfades that come after its own.
 */
function joinLong(clips: Material['clips'], seconds: number): Joined {
  const filters = clips.flatMap(({ path }, index) => [
    `movie=${path},format=yuv420p[p${index}]`,
    `amovie=${path}[s${index}]`,
  ])
  const join = (from: number, to: number): Part => {
    if (to - from === 1) return { picture: `[p${from}]`, sound: `[s${from}]`, seconds }
    const middle = (from + to) >> 1
    return crossfade(join(from, middle), join(middle, to), filters)
  }
  return { filters, film: join(0, clips.length) }
}

/** Adds to `filters` what joins the two. */
function crossfade(before: Part, after: Part, filters: string[]): Part {
  const [picture, sound] = [`[v${filters.length}]`, `[a${filters.length}]`]
  const offset = (before.seconds - OVERLAP_SECONDS).toFixed(6)
  filters.push(
    `${before.picture}${after.picture}xfade=transition=fade:duration=${OVERLAP_SECONDS}:offset=${offset},format=yuv420p${picture}`,
    `${before.sound}${after.sound}acrossfade=d=${OVERLAP_SECONDS}:c1=qsin:c2=qsin${sound}`,
  )
  return { picture, sound, seconds: before.seconds + after.seconds - OVERLAP_SECONDS }
}
