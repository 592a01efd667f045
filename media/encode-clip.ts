import { MediaError } from './errors.ts'
import { fitPicture, toStandardRange } from './fit-picture.ts'
import { type MediaInfo, probe } from './probe.ts'
import { mismatch, type OutputProfile, samplesOf, secondsOf, timescaleOf } from './profile.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import { exactSound, SOUND_OPTIONS, silentSound } from './sound-filters.ts'
import type { Controls, MediaTools } from './tools.ts'
import { overlayWords, type ShownWords, wordsInput } from './words/overlay.ts'

export interface ClipEncoding extends Controls {
  input: string
  /** What `probe` says of the input; it has a picture. */
  info: MediaInfo
  output: string
  profile: OutputProfile
  frames: number
  /** Numbers of frames that a decoder has to be able to start at, besides those that are chosen by the encoder. */
  keyframes?: number[]
  /** Take the picture over as it is: it has the profile and exactly so many frames. */
  copyPicture: boolean
  /** Laid over the picture, where that is not taken over as it is. */
  words?: ShownWords
}

const TIMEOUT_SECONDS = 900

/** Writes the clip with the profile and exactly `frames` frames, its sound exactly as long. Throws a MediaError. */
export async function encodeClip(tools: MediaTools, clip: ClipEncoding): Promise<void> {
  const { info, profile, frames, words } = clip
  const samples = samplesOf(frames, profile)
  const sound = info.audio ? `[0:${info.audio.index}]${exactSound(samples)}[a]` : `${silentSound(samples)}[a]`
  const picture = `[0:${info.video?.index}]${clip.copyPicture ? '' : pictureFilters(clip)}`
  const shown = words ? `[clip];${overlayWords(words, clip)}` : '[v]'
  await runFfmpeg(tools, {
    task: 'give the clip the size and frame rate of the film',
    inputs: [{ path: clip.input, demuxer: info.container }, ...(words ? [wordsInput(words)] : [])],
    filter: clip.copyPicture ? sound : `${picture}${shown};${sound}`,
    options: [
      ...(clip.copyPicture
        ? ['-map', `0:${info.video?.index}`, '-map', '[a]', '-c:v', 'copy']
        : ['-map', '[v]', '-map', '[a]', ...pictureOptions(profile, clip.keyframes)]),
      ...['-video_track_timescale', String(timescaleOf(profile)), '-map_metadata', '-1', '-movflags', '+faststart'],
      ...SOUND_OPTIONS,
    ],
    output: clip.output,
    verify: (result) => verify(tools, result, clip),
    expectedSeconds: secondsOf(frames, profile),
    timeoutSeconds: TIMEOUT_SECONDS,
    signal: clip.signal,
    onProgress: clip.onProgress,
  })
}

/** Exactly `frames` frames from time 0: too many are cut off, and where some lack the last is held. */
function pictureFilters({ info, profile, frames }: ClipEncoding): string {
  if (!info.video) throw new MediaError('unreadable', 'The clip holds no picture.')
  const rate = `${profile.fps.num}/${profile.fps.den}`
  return [
    `fps=fps=${rate}:start_time=0`,
    `tpad=stop=${frames}:stop_mode=clone`,
    `trim=end_frame=${frames}`,
    ...toStandardRange(info.video),
    fitPicture(info.video, profile),
  ].join(',')
}

/** By how many frames x264 decodes ahead of what is shown, with these options: so far one B-frame may refer to another. */
export const REORDERED_FRAMES = 2

/**
 * How every picture here is encoded, so that all have the same H.264 headers: a keyframe at least every second, and
 * at `keyframes`, each GOP closed, so that what lies between two of them can be copied.
 */
export function pictureOptions({ fps }: OutputProfile, keyframes: number[] = []): string[] {
  const gop = Math.max(1, Math.floor(fps.num / fps.den))
  const forced = keyframes.map((frame) => `eq(n,${frame})`).join('+')
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-profile:v', 'high', '-g', String(gop)],
    ...(forced === '' ? [] : ['-force_key_frames', `expr:${forced}`]),
  ]
}

async function verify(tools: MediaTools, result: string, { profile, frames, signal }: ClipEncoding): Promise<void> {
  const made = await probe(tools, result, { demuxer: 'mov', signal })
  const reason = mismatch(made, profile, frames)
  if (reason === null) return
  throw new MediaError('failed', `The clip came out wrong: ${reason}.`, { detail: JSON.stringify(made) })
}
