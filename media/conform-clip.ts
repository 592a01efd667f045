import { encodeClip } from './encode-clip.ts'
import { MediaError } from './errors.ts'
import { probe } from './probe.ts'
import { framesOf, matchesProfile, type OutputProfile, pictureMatches, secondsOf } from './profile.ts'
import type { Controls, MediaTools } from './tools.ts'
import type { ShownWords } from './words/overlay.ts'

// A clip that lacks more than this (seconds) is not stretched over the gap: something was lost.
const MAX_HELD_SECONDS = 0.5

export interface ClipRequest extends Controls {
  /** An MP4 as the provider made it. */
  input: string
  output: string
  profile: OutputProfile
  /** How long the scene is by the storyboard (seconds). */
  durationSeconds: number
  /**
   * In a film with transitions: how many frames at the clip's ends are shown together with its neighbours (0 for a cut).
   * What is between them can then be copied into the film.
   */
  overlaps?: { begin: number; end: number }
  /** What drawWords drew of the scene's words, which then is part of the picture. */
  words?: ShownWords
}

export interface ConformedClip {
  frames: number
  durationSeconds: number
  /** False when the input is right as it is: then nothing was written, and the input is the clip. */
  changed: boolean
}

/**
 * Gives a clip the film's profile and exactly the storyboard's number of frames. A clip that has both is kept; one
 * whose picture is right only gets its sound made anew. A longer clip is cut; the last frame of one that is up to half
 * a second short is held. In a film with transitions or words every clip is encoded anew. Throws a MediaError:
 * "unreadable" for one that is shorter still, or cut short.
 */
export async function conformClip(tools: MediaTools, request: ClipRequest): Promise<ConformedClip> {
  const { input, output, profile, signal, onProgress } = request
  const info = await probe(tools, input, { demuxer: 'mov', signal })
  if (!info.video) throw new MediaError('unreadable', 'The clip holds sound but no picture. Render the scene again.')

  const frames = framesOf(request.durationSeconds, profile)
  const result = { frames, durationSeconds: secondsOf(frames, profile) }
  const exact = info.video.frames === frames
  const { overlaps, words } = request
  const isUntouched = exact && !overlaps && !words
  if (isUntouched && matchesProfile(info, profile)) return { ...result, changed: false }

  const ends = info.video.startSeconds + info.video.durationSeconds
  if (ends < result.durationSeconds - MAX_HELD_SECONDS) {
    const [is, wanted] = [ends.toFixed(2), result.durationSeconds.toFixed(2)]
    const message = `The clip lasts ${is} s and the scene ${wanted} s: its end is missing. Fetch or render it again.`
    throw new MediaError('unreadable', message)
  }
  // Transitions are of our encoder, and so is every clip of a film that has one.
  const copyPicture = isUntouched && pictureMatches(info, profile)
  const keyframes = overlaps && [overlaps.begin, frames - overlaps.end]
  await encodeClip(tools, { input, info, output, profile, frames, keyframes, copyPicture, words, signal, onProgress })
  return { ...result, changed: true }
}
