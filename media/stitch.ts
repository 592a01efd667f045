import { MediaError } from './errors.ts'
import { withRunFolder } from './folder.ts'
import { joinPicture } from './join-picture.ts'
import { joinSound } from './join-sound.ts'
import { type MediaInfo, probe } from './probe.ts'
import { mismatch, type OutputProfile, secondsOf } from './profile.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import { sideBySide } from './side-by-side.ts'
import type { JoinedClip } from './sound/join-clips.ts'
import type { Controls, MediaTools } from './tools.ts'

export interface StitchRequest extends Controls {
  /** In the order of the film, each with the profile and so many frames. */
  clips: JoinedClip[]
  profile: OutputProfile
  output: string
  /** Where the clips' sound is kept without loss, for music to be put under it later: a name that ends in .flac. */
  lossless: string
}

export interface StitchedFilm {
  frames: number
  durationSeconds: number
  /** Whether there is anything to hear. */
  isAudible: boolean
}

const TIMEOUT_SECONDS = 1800

/**
 * Joins clips by hard cuts into one MP4: the picture is copied (join-picture.ts), beside it the sound is
 * joined and encoded once (join-sound.ts), and both are put together as they are. Throws a MediaError; one clip that has not the profile or the frames it is said to have makes it "failed".
 */
export async function stitch(tools: MediaTools, request: StitchRequest): Promise<StitchedFilm> {
  const { clips, profile, output, lossless, signal, onProgress } = request
  if (clips.length === 0) throw new MediaError('failed', 'There is no clip to stitch.')
  const infos: MediaInfo[] = []
  for (const [index, clip] of clips.entries()) infos.push(await checkedClip(tools, clip, index, request))
  const frames = clips.reduce((sum, clip) => sum + clip.frames, 0)
  const durationSeconds = secondsOf(frames, profile)

  return withRunFolder(tools.tempDir, async (folder) => {
    const [picture, sound] = await sideBySide(
      signal,
      (signal) => joinPicture(tools, { clips, infos, profile, folder, signal }),
      (signal) => joinSound(tools, { clips, profile, folder, lossless, signal, onProgress }),
    )
    await runFfmpeg(tools, {
      task: 'stitch the clips',
      inputs: [picture.input, { path: sound.path, demuxer: 'mov' }],
      options: [
        ...picture.options,
        ...['-map', '1:a:0', '-c:a', 'copy', '-map_metadata', '-1', '-movflags', '+faststart'],
      ],
      output,
      verify: (result) => verify(tools, result, frames, request),
      timeoutSeconds: TIMEOUT_SECONDS,
      signal,
    })
    return { frames, durationSeconds, isAudible: sound.isAudible }
  })
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
