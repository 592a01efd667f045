import { type OutputProfile, samplesOf } from './profile.ts'
import type { FfmpegInput } from './run-ffmpeg.ts'
import { exactSound, SOUND_OPTIONS } from './sound-filters.ts'

export interface SoundRequest {
  clips: { path: string; frames: number }[]
  profile: OutputProfile
  /** Which input of the run the first of `inputs` will be. */
  firstInput: number
}

export interface JoinedSound {
  inputs: FfmpegInput[]
  /** A filter graph that joins them. */
  filter: string
  /** Options of the output that encode what the filter makes. */
  options: string[]
}

/**
 * The clips' sound as one, each clip's cut or filled up to the very sample at which the next clip begins. It is joined
 * decoded, because copied AAC leaves 6 to 10 ms of silence at each join.
 */
export function joinSound({ clips, profile, firstInput }: SoundRequest): JoinedSound {
  let begin = 0
  const sounds = clips.map(({ frames }, index) => {
    const samples = samplesOf(begin + frames, profile) - samplesOf(begin, profile)
    begin += frames
    return `[${firstInput + index}:a:0]${exactSound(samples)}[s${index}]`
  })
  const labels = clips.map((_, index) => `[s${index}]`).join('')
  return {
    inputs: clips.map(({ path }) => ({ path, demuxer: 'mov' as const })),
    filter: `${sounds.join(';')};${labels}concat=n=${clips.length}:v=0:a=1[sound]`,
    options: ['-map', '[sound]', ...SOUND_OPTIONS],
  }
}
