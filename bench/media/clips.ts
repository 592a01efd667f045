/** Clips as a job has them once they are stored: photographs that are moved over, with a tone, conformed for crossfades. */
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Media, OutputProfile } from '../../media/index.ts'

const PHOTOS = ['china.jpg', 'flower.jpg', 'rocket.jpg', 'coffee.png', 'chelsea.png', 'astronaut.png']
const FOLDER = path.join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'photos')

/** How long a crossfade is (seconds). */
export const OVERLAP_SECONDS = 0.5

export interface Clip {
  path: string
  frames: number
  /** A still of it, as JPEG. */
  still: string
}

export interface Material {
  clips: Clip[]
  profile: OutputProfile
  /** Frames that a crossfade takes of both of its clips. */
  overlap: number
}

/** @param count how many clips; six are made, and then shown again */
export async function makeClips(
  { media, ffmpegPath, folder }: { media: Media; ffmpegPath: string; folder: string },
  { count, seconds, profile }: { count: number; seconds: number; profile: OutputProfile },
): Promise<Material> {
  const overlap = Math.round(OVERLAP_SECONDS * (profile.fps.num / profile.fps.den))
  const frames = (seconds * profile.fps.num) / profile.fps.den
  const made: Clip[] = []
  for (const [index, photo] of PHOTOS.slice(0, count).entries()) {
    const raw = path.join(folder, 'raw.mp4')
    const clip = path.join(folder, `clip-${profile.height}-${index}.mp4`)
    const still = path.join(folder, `clip-${profile.height}-${index}.jpg`)
    const { width, height } = profile
    const [wide, high] = [2 * Math.round(width * 0.625), 2 * Math.round(height * 0.625)]
    const moved =
      `scale=${wide}:${high}:force_original_aspect_ratio=increase:out_range=tv,crop=${wide}:${high},` +
      `zoompan=z='1+0.001*on':d=${frames}:s=${width}x${height}:fps=24,noise=alls=3:allf=t,format=yuv420p`
    await promisify(execFile)(ffmpegPath, [
      ...['-v', 'error', '-y', '-loop', '1', '-i', path.join(FOLDER, photo)],
      ...['-f', 'lavfi', '-i', `sine=${300 + 60 * index}:r=48000:d=${seconds}`, '-filter:v', moved],
      ...[
        '-frames:v',
        String(frames),
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-crf',
        '12',
        '-c:a',
        'aac',
        '-ac',
        '2',
        raw,
      ],
    ])
    const overlaps = { begin: overlap, end: overlap }
    await media.conformClip({ input: raw, output: clip, profile, durationSeconds: seconds, overlaps })
    await media.thumbnail({ input: clip, output: still })
    await rm(raw)
    made.push({ path: clip, frames, still })
  }
  const clips = Array.from({ length: count }, (_, index) => made[index % made.length] as Clip)
  return { clips, profile, overlap }
}
