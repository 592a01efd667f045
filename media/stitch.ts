import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { alignHeaders } from './align-headers.ts'
import { MediaError } from './errors.ts'
import { withRunFolder } from './folder.ts'
import { type MediaInfo, probe } from './probe.ts'
import { mismatch, type OutputProfile, samplesOf, secondsOf, timescaleOf } from './profile.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import { exactSound, SOUND_OPTIONS } from './sound-filters.ts'
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
 * Joins clips by hard cuts into one MP4. The picture is copied, not encoded. The sound is decoded, joined sample by
 * sample and encoded once, because copied AAC leaves 6 to 10 ms of silence at each join. Throws a MediaError; one clip
 * that has not the profile or the frames it is said to have makes it "failed".
 */
export async function stitch(tools: MediaTools, request: StitchRequest): Promise<StitchedFilm> {
  const { clips, profile, output, signal, onProgress } = request
  if (clips.length === 0) throw new MediaError('failed', 'There is no clip to stitch.')
  const infos: MediaInfo[] = []
  for (const [index, clip] of clips.entries()) infos.push(await checkedClip(tools, clip, index, request))
  const frames = clips.reduce((sum, clip) => sum + clip.frames, 0)
  const durationSeconds = secondsOf(frames, profile)

  await withRunFolder(tools.tempDir, async (folder) => {
    const pictures = await alignHeaders(tools, { clips, infos, profile, folder, signal })
    const list = join(folder, 'clips.ffconcat')
    await writeFile(list, concatList(pictures, profile))
    await runFfmpeg(tools, {
      task: 'stitch the clips',
      inputs: [
        { path: list, demuxer: 'concat', options: ['-safe', '0', '-format_whitelist', 'concat,mov'] },
        ...clips.map(({ path }) => ({ path, demuxer: 'mov' as const })),
      ],
      filter: joinedSound(clips, profile),
      options: [
        ...['-map', '0:v:0', '-c:v', 'copy', '-bsf:v', snapToFrames(profile)],
        ...['-video_track_timescale', String(timescaleOf(profile)), '-map', '[sound]', ...SOUND_OPTIONS],
        ...['-map_metadata', '-1', '-movflags', '+faststart'],
      ],
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

/**
 * The list for ffmpeg's concat demuxer. It must say how long each picture lasts, or the demuxer lets the next one begin
 * where the longer of picture and sound ends.
 */
function concatList(clips: { path: string; frames: number }[], profile: OutputProfile): string {
  const entries = clips.map(({ path, frames }) => {
    const name = resolve(path).replaceAll("'", "'\\''")
    return `file '${name}'\nduration ${secondsOf(frames, profile).toFixed(6)}\n`
  })
  return `ffconcat version 1.0\n${entries.join('')}`
}

/**
 * Lets the picture begin at 0 and every frame stand at its place: ffmpeg puts all of it off by the 21 ms that AAC's
 * priming begins before it, and the list is exact to a microsecond only, which 29.97 fps is not.
 */
function snapToFrames({ fps }: OutputProfile): string {
  const frames = `${fps.num}/${fps.den}`
  const snapped = (time: string) => `round((${time}-STARTPTS)*TB*${frames})/(${frames})/TB`
  return `setts=pts=${snapped('PTS')}:dts=${snapped('DTS')}`
}

/** Filters that join the clips' sound, each cut or filled up to the very sample at which the next clip begins. */
function joinedSound(clips: { frames: number }[], profile: OutputProfile): string {
  let begin = 0
  const sounds = clips.map(({ frames }, index) => {
    const samples = samplesOf(begin + frames, profile) - samplesOf(begin, profile)
    begin += frames
    return `[${index + 1}:a:0]${exactSound(samples)}[s${index}]`
  })
  const labels = clips.map((_, index) => `[s${index}]`).join('')
  return `${sounds.join(';')};${labels}concat=n=${clips.length}:v=0:a=1[sound]`
}

async function verify(tools: MediaTools, result: string, frames: number, { profile, signal }: StitchRequest) {
  const made = await probe(tools, result, { demuxer: 'mov', signal })
  const reason = mismatch(made, profile, frames)
  if (reason === null) return
  throw new MediaError('failed', `The film came out wrong: ${reason}.`, { detail: JSON.stringify(made) })
}
