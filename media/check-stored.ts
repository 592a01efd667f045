import { MediaError } from './errors.ts'
import { type Mp4Index, readMp4Index } from './mp4-index.ts'
import { probe } from './probe.ts'
import { mismatch, type OutputProfile, SAMPLE_RATE, timescaleOf, transitionMismatch } from './profile.ts'
import type { MediaTools } from './tools.ts'

/** What of a picture decides whether it can be copied. */
export interface StoredPicture {
  /** As in VideoInfo. */
  headers: string
  keyframes: number[]
}

export interface StoredFile {
  path: string
  /** As in "Clip 2 can't be stitched". */
  what: string
  profile: OutputProfile
  frames: number
  /** False for a transition. */
  hasSound: boolean
  signal?: AbortSignal
}

/**
 * Makes sure that a file is what we stored, or have just made: with the profile and exactly so many frames. It was looked
 * at packet by packet when it came, so its index is believed; one whose index says something else is probed. Throws a
 * MediaError ("failed") that begins with `what`.
 */
export async function checkStored(tools: MediaTools, file: StoredFile): Promise<StoredPicture> {
  const { path, what, profile, frames, hasSound, signal } = file
  const index = await readMp4Index(path)
  if (index.picture && fits(index, file)) return index.picture
  const info = await probe(tools, path, { demuxer: 'mov', signal })
  const reason = (hasSound ? mismatch : transitionMismatch)(info, profile, frames)
  if (reason === null && info.video) return info.video
  throw new MediaError('failed', `${what}: ${reason}.`, { detail: JSON.stringify(info) })
}

function fits({ picture, sound }: Mp4Index, { profile, frames, hasSound }: StoredFile): boolean {
  const { width, height, fps } = profile
  return (
    picture !== null &&
    picture.frames === frames &&
    picture.width === width &&
    picture.height === height &&
    picture.start === 0 &&
    picture.timescale === timescaleOf(profile) &&
    picture.frameTicks !== null &&
    picture.frameTicks * fps.num === picture.timescale * fps.den &&
    (!hasSound || (sound?.sampleRate === SAMPLE_RATE && sound.channels === 2))
  )
}
