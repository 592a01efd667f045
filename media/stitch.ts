import { checkStored } from './check-stored.ts'
import { MediaError } from './errors.ts'
import { withRunFolder } from './folder.ts'
import { joinPicture, type PicturePart } from './join-picture.ts'
import { joinSound } from './join-sound.ts'
import { type OutputProfile, secondsOf } from './profile.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import { sideBySide } from './side-by-side.ts'
import type { Controls, MediaTools } from './tools.ts'
import type { FilmVoice } from './voice/add-voices.ts'

export interface StitchRequest extends Controls {
  /** In the order of the film. */
  clips: StitchedClip[]
  profile: OutputProfile
  output: string
  /** Where the clips' sound is kept without loss, for music to be put under it later: a name that ends in .flac. */
  lossless: string
  /** Captions as WebVTT, timed to the film: they become a track that players turn on and off. */
  captions?: string
  /** What is spoken over the clips, in the order of the film, one after the other. */
  voices?: FilmVoice[]
}

export interface StitchedClip {
  /** Has the profile and so many frames. */
  path: string
  frames: number
  /** Whether its sound is heard. Default true. */
  keepSound?: boolean
  /** What renderTransition made of this clip and the next one, with so many frames of both; none for a cut. */
  transition?: { path: string; frames: number }
}

export interface StitchedFilm {
  frames: number
  durationSeconds: number
  /** Whether there is anything to hear. */
  isAudible: boolean
  /** Why it is not as loud as a film, as a sentence; mostly null. */
  loudnessProblem: string | null
}

const TIMEOUT_SECONDS = 1800
const CAPTION_TRACK = ['-map', '2:s:0', '-c:s', 'mov_text', '-metadata:s:s:0', 'language=und']

/**
 * Joins clips into one MP4, by hard cuts or by transitions: the picture is copied (join-picture.ts), beside it the sound
 * is joined and encoded once (join-sound.ts), and both are put together as they are. Throws a MediaError; one clip that
 * has not the profile or the frames it is said to have makes it "failed".
 */
export async function stitch(tools: MediaTools, request: StitchRequest): Promise<StitchedFilm> {
  const { profile, output, lossless, captions, voices, signal, onProgress } = request
  if (request.clips.length === 0) throw new MediaError('failed', 'There is no clip to stitch.')
  const last = request.clips.length - 1
  const clips = request.clips.map((clip, index) => ({
    ...clip,
    overlapFrames: index === last ? 0 : (clip.transition?.frames ?? 0),
  }))
  const frames = clips.reduce((sum, clip) => sum + clip.frames - clip.overlapFrames, 0)
  const durationSeconds = secondsOf(frames, profile)
  const parts = await pictureParts(tools, clips, request)

  return withRunFolder(tools.tempDir, async (folder) => {
    const [picture, sound] = await sideBySide(
      signal,
      (signal) => joinPicture(tools, { parts, profile, folder, signal }),
      (signal) => joinSound(tools, { clips, profile, folder, lossless, voices, signal, onProgress }),
    )
    await runFfmpeg(tools, {
      task: 'stitch the clips',
      inputs: [
        picture.input,
        { path: sound.path, demuxer: 'mov' },
        ...(captions ? [{ path: captions, demuxer: 'webvtt' as const }] : []),
      ],
      options: [
        ...picture.options,
        ...['-map', '1:a:0', '-c:a', 'copy', ...(captions ? CAPTION_TRACK : [])],
        ...['-map_metadata', '-1', '-movflags', '+faststart'],
      ],
      output,
      verify: async (path) => {
        await checkStored(tools, { path, frames, hasSound: true, what: 'The film came out wrong', profile, signal })
      },
      timeoutSeconds: TIMEOUT_SECONDS,
      signal,
    })
    return { frames, durationSeconds, isAudible: sound.isAudible, loudnessProblem: sound.loudnessProblem }
  })
}

/** The clips, each with the transition that follows it, once it is sure that they are what they are said to be. */
async function pictureParts(
  tools: MediaTools,
  clips: (StitchedClip & { overlapFrames: number })[],
  { profile, signal }: StitchRequest,
): Promise<PicturePart[]> {
  const parts: PicturePart[] = []
  for (const [index, { path, frames, transition, overlapFrames }] of clips.entries()) {
    const left = { begin: clips[index - 1]?.overlapFrames ?? 0, end: overlapFrames }
    const what = `Clip ${index + 1} can't be stitched`
    if (left.begin + left.end > frames) {
      throw new MediaError(
        'failed',
        `${what}: its transitions take ${left.begin} and ${left.end} of its ${frames} frames.`,
      )
    }
    const clip = { path, frames, hasSound: true, what, profile, signal }
    parts.push({ path, frames, left, picture: await checkStored(tools, clip) })
    if (!transition || overlapFrames === 0) continue
    const shown = {
      ...clip,
      ...transition,
      hasSound: false,
      what: `The transition after clip ${index + 1} can't be used`,
    }
    parts.push({ ...transition, left: { begin: 0, end: 0 }, picture: await checkStored(tools, shown) })
  }
  return parts
}
