import { MediaError } from './errors.ts'
import { withRunFolder } from './folder.ts'
import { joinPicture } from './join-picture.ts'
import { joinSound } from './join-sound.ts'
import { type MediaInfo, probe } from './probe.ts'
import { mismatch, type OutputProfile, secondsOf } from './profile.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import type { Controls, MediaTools } from './tools.ts'

export interface StitchRequest extends Controls {
  /** In the order of the film, each with the profile and so many frames. */
  clips: { path: string; frames: number }[]
  profile: OutputProfile
  output: string
}

export interface StitchedFilm {
  frames: number
  durationSeconds: number
}

const TIMEOUT_SECONDS = 1800

/**
 * Joins clips by hard cuts into one MP4: the picture is copied (join-picture.ts), the sound encoded once (join-sound.ts).
 * Throws a MediaError; one clip that has not the profile or the frames it is said to have makes it "failed".
 */
export async function stitch(tools: MediaTools, request: StitchRequest): Promise<StitchedFilm> {
  const { clips, profile, output, signal, onProgress } = request
  if (clips.length === 0) throw new MediaError('failed', 'There is no clip to stitch.')
  const infos: MediaInfo[] = []
  for (const [index, clip] of clips.entries()) infos.push(await checkedClip(tools, clip, index, request))
  const frames = clips.reduce((sum, clip) => sum + clip.frames, 0)
  const durationSeconds = secondsOf(frames, profile)

  await withRunFolder(tools.tempDir, async (folder) => {
    const picture = await joinPicture(tools, { clips, infos, profile, folder, signal })
    const sound = joinSound({ clips, profile, firstInput: 1 })
    await runFfmpeg(tools, {
      task: 'stitch the clips',
      inputs: [picture.input, ...sound.inputs],
      filter: sound.filter,
      options: [...picture.options, ...sound.options, '-map_metadata', '-1', '-movflags', '+faststart'],
      output,
      verify: (result) => verify(tools, result, frames, request),
      expectedSeconds: durationSeconds,
      timeoutSeconds: TIMEOUT_SECONDS,
      signal,
      onProgress,
    })
  })
  return { frames, durationSeconds }
}

async function checkedClip(
  tools: MediaTools,
  clip: { path: string; frames: number },
  index: number,
  { profile, signal }: StitchRequest,
): Promise<MediaInfo> {
  const info = await probe(tools, clip.path, { demuxer: 'mov', signal })
  const reason = mismatch(info, profile, clip.frames)
  if (reason === null) return info
  throw new MediaError('failed', `Clip ${index + 1} can't be stitched: ${reason}.`, { detail: JSON.stringify(info) })
}

async function verify(tools: MediaTools, result: string, frames: number, { profile, signal }: StitchRequest) {
  const made = await probe(tools, result, { demuxer: 'mov', signal })
  const reason = mismatch(made, profile, frames)
  if (reason === null) return
  throw new MediaError('failed', `The film came out wrong: ${reason}.`, { detail: JSON.stringify(made) })
}
