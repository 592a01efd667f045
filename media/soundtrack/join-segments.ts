import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { moveFile, withRunFolder } from '../folder.ts'
import type { MediaTools } from '../tools.ts'
import { crossfade, fadeIn, fadeOut } from './fades.ts'
import { CHANNELS, readWav, samplesIn, wavHeader } from './wav.ts'

export interface MusicSegment {
  /** A WAV of cutSegment's, or null for silence. */
  path: string | null
  /** How long it plays (seconds). */
  durationSeconds: number
  /** How much of the music before it stands in front of it in the file (seconds); 0 when it begins anew. */
  overlapSeconds: number
}

export interface JoinRequest {
  segments: MusicSegment[]
  /** How long one segment's music goes over into the next's (seconds). */
  fadeSeconds: number
  /** A name that ends in .wav. */
  output: string
}

// Seconds. Short enough not to be heard as a fade, long enough not to click.
const FIRST_FADE = 0.05

/**
 * Joins segments into one WAV that lasts exactly as long as all their durations together. A segment that continues the
 * one before is crossfaded with it, over its overlap and before their border; where there is none, the music fades out
 * and in again. Throws a MediaError when a segment is not cutSegment's.
 */
export async function joinSegments(tools: MediaTools, { segments, fadeSeconds, output }: JoinRequest): Promise<void> {
  await withRunFolder(tools.tempDir, async (folder) => {
    const result = join(folder, 'joined.wav')
    const file = await open(result, 'w')
    try {
      const total = samplesIn(segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0))
      await file.write(wavHeader(total))
      // Two segments are in memory at a time: a film may have a hundred.
      for await (const sound of joined(segments, fadeSeconds)) await file.write(Buffer.from(sound.buffer))
    } finally {
      await file.close()
    }
    await moveFile(result, output)
  })
}

async function* joined(segments: MusicSegment[], fadeSeconds: number): AsyncGenerator<Int16Array> {
  let begin = 0
  let current = segments[0] && (await load(segments[0], begin))
  for (const [index, segment] of segments.entries()) {
    begin += segment.durationSeconds
    const following = segments[index + 1]
    const next = following && (await load(following, begin))
    if (!current) return
    const fade = samplesIn(Math.min(fadeSeconds, segment.durationSeconds / 2))
    const overlap = Math.min(fade, (next?.overlap.length ?? 0) / CHANNELS)
    if (index === 0) fadeIn(current.music, samplesIn(Math.min(FIRST_FADE, segment.durationSeconds / 2)))
    else if (!current.continued) fadeIn(current.music, fade)
    if (next && overlap > 0 && segment.path !== null) {
      crossfade(current.music, next.overlap, overlap)
      next.continued = true
    } else {
      fadeOut(current.music, fade)
    }
    yield current.music
    current = next
  }
}

interface LoadedSegment {
  /** The end of the music before, as this segment has it. */
  overlap: Int16Array
  music: Int16Array
  /** Whether the music before was crossfaded into it. */
  continued: boolean
}

/** Reads a segment that plays from `begin` (seconds). It ends where the next begins, so that rounding never adds up. */
async function load({ path, durationSeconds, overlapSeconds }: MusicSegment, begin: number): Promise<LoadedSegment> {
  const music = new Int16Array((samplesIn(begin + durationSeconds) - samplesIn(begin)) * CHANNELS)
  if (path === null) return { overlap: new Int16Array(0), music, continued: false }
  const sound = await readWav(path)
  const overlap = sound.slice(0, samplesIn(overlapSeconds) * CHANNELS)
  music.set(sound.subarray(overlap.length, overlap.length + music.length))
  return { overlap, music, continued: false }
}
