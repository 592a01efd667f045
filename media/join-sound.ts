import { join } from 'node:path'
import type { OutputProfile } from './profile.ts'
import type { FfmpegInput } from './run-ffmpeg.ts'
import { encodeSound } from './sound/encode-sound.ts'
import { type JoinedClip, joinClips } from './sound/join-clips.ts'
import { isAudible, type Loudness, METER, runMeasured } from './sound/loudness.ts'
import { MAX_RAISE_ALONE } from './sound/mix-sound.ts'
import type { Controls, MediaTools } from './tools.ts'
import { addVoices, type FilmVoice } from './voice/add-voices.ts'

export interface SoundRequest extends Controls {
  clips: JoinedClip[]
  profile: OutputProfile
  /** Where what is made on the way is put. */
  folder: string
  /** Where the sound is kept without loss, for music to be put under it later: a name that ends in .flac. */
  lossless: string
  /** What is spoken over the clips, in the order of the film. Default: nothing. */
  voices?: FilmVoice[]
}

/** How long a film without music fades out (seconds): enough not to break off. */
const FADE_SECONDS = 0.3

export interface JoinedSound {
  /** An MP4 with the encoded sound. */
  path: string
  /** Whether there is anything to hear in it. */
  isAudible: boolean
  /** Why it is not as loud as a film, as a sentence; mostly null. */
  loudnessProblem: string | null
}

/**
 * The sound of a film: that of its clips, joined, with what is spoken over them, brought to the loudness of films.
 * Throws a MediaError.
 */
export async function joinSound(tools: MediaTools, request: SoundRequest): Promise<JoinedSound> {
  const { folder, signal, onProgress } = request
  const sound = await keepSound(tools, request)
  const output = join(folder, 'sound.m4a')
  const encoding = { ...sound, fadeSeconds: FADE_SECONDS, maxRaise: MAX_RAISE_ALONE, encoding: 'aac' } as const
  const loudnessProblem = await encodeSound(tools, { ...encoding, output, signal, onProgress })
  return { path: output, isAudible: isAudible(sound.loudness), loudnessProblem }
}

interface KeptSound {
  input: FfmpegInput
  loudness: Loudness
  samples: number
}

/** Joins the clips' sound, puts the voices over it, keeps it without loss, and says how loud it is. Throws a MediaError. */
export async function keepSound(tools: MediaTools, request: SoundRequest): Promise<KeptSound> {
  const { voices = [], folder, signal } = request
  const { path: joined, samples } = await joinClips(tools, request)
  const path = voices.length > 0 ? await addVoices(tools, { sound: joined, samples, voices, folder, signal }) : joined
  const input = { path, demuxer: 'wav' as const }
  const loudness = await runMeasured(tools, {
    task: "keep the clips' sound",
    inputs: [input],
    filter: `[0:a]${METER},aformat=sample_fmts=s16[a]`,
    options: ['-map', '[a]', '-c:a', 'flac', '-map_metadata', '-1'],
    output: request.lossless,
    timeoutSeconds: 600,
    signal,
  })
  return { input, loudness, samples }
}
