import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type OutputProfile, samplesOf } from '../profile.ts'
import { CHANNELS, wavHeader } from '../soundtrack/wav.ts'
import type { MediaTools } from '../tools.ts'
import { decodeClips } from './decode-clips.ts'

export interface JoinedClip {
  /** An MP4 with sound. */
  path: string
  frames: number
  /** Whether its sound is heard. Default true. */
  keepSound?: boolean
  /** How many frames it and the next clip are shown together. Default 0: a hard cut. */
  overlapFrames?: number
}

export interface JoinClipsRequest {
  clips: JoinedClip[]
  profile: OutputProfile
  folder: string
  signal?: AbortSignal
}

/**
 * Joins the clips' sound into a WAV in `folder`, each clip's cut or filled up to the very sample at which it ends in the
 * film. Decoded, because copied AAC leaves 6 to 10 ms of silence at each join. Over a transition one clip's sound goes
 * over into the next's with equal power. Throws a MediaError.
 */
export async function joinClips(
  tools: MediaTools,
  { clips, profile, folder, signal }: JoinClipsRequest,
): Promise<{ path: string; samples: number }> {
  const places = placesOf(clips, profile)
  const samples = places.at(-1)?.end ?? 0
  const path = join(folder, 'joined.wav')
  const file = await open(path, 'w')
  try {
    await file.write(wavHeader(samples))
    const parts = clips.map((clip, index) => {
      const { begin = 0, end = 0 } = places[index] ?? {}
      return { path: clip.keepSound === false ? null : clip.path, samples: end - begin }
    })
    const overlaps = places.map(({ end }, index) => end - (places[index + 1]?.begin ?? end))
    // Two clips are in memory at a time: a film may have a hundred.
    for await (const sound of joined(decodeClips(tools, parts, { folder, signal }), overlaps)) {
      await file.write(new Uint8Array(sound.buffer, sound.byteOffset, sound.byteLength))
    }
  } finally {
    await file.close()
  }
  return { path, samples }
}

/** From which sample to which each clip is heard, counted from the film's first, so that rounding never adds up. */
function placesOf(clips: JoinedClip[], profile: OutputProfile): { begin: number; end: number }[] {
  let begin = 0
  return clips.map(({ frames, overlapFrames = 0 }) => {
    const place = { begin: samplesOf(begin, profile), end: samplesOf(begin + frames, profile) }
    begin += frames - overlapFrames
    return place
  })
}

/** @param overlaps how many samples each sound shares with the next */
async function* joined(sounds: AsyncGenerator<Int16Array>, overlaps: number[]): AsyncGenerator<Int16Array> {
  let before = new Int16Array()
  let index = 0
  for await (const sound of sounds) {
    const tail = sound.length - (overlaps[index++] ?? 0) * CHANNELS
    blend(before, sound)
    yield sound.subarray(0, tail)
    before = sound.slice(tail)
  }
}

/** Lets `before` go over into the first samples of `after`, with gains whose powers add up to one. Changes `after`. */
function blend(before: Int16Array, after: Int16Array): void {
  for (let i = 0; i < before.length; i++) {
    const angle = ((Math.floor(i / CHANNELS) + 0.5) / (before.length / CHANNELS)) * (Math.PI / 2)
    const value = (before[i] ?? 0) * Math.cos(angle) + (after[i] ?? 0) * Math.sin(angle)
    after[i] = Math.max(-0x8000, Math.min(0x7fff, Math.round(value)))
  }
}
