import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runFfmpeg } from '../run-ffmpeg.ts'
import { DUCKING } from '../sound/mix-sound.ts'
import { exactSound } from '../sound-filters.ts'
import { tempoSteps } from '../soundtrack/fit-soundtrack.ts'
import { HEADER_BYTES, SAMPLE_BYTES, samplesIn, WAV_OPTIONS, wavHeader } from '../soundtrack/wav.ts'
import type { MediaTools } from '../tools.ts'

export interface FilmVoice {
  /** A FLAC of keepVoice's. */
  path: string
  /** When it begins in the film. */
  startSeconds: number
  /** How much faster it is played; its pitch stays. */
  tempo: number
}

export interface AddVoicesRequest {
  /** A WAV of joinClips's. */
  sound: string
  samples: number
  /** In the order of the film; none begins before the one before it has ended. */
  voices: FilmVoice[]
  folder: string
  signal?: AbortSignal
}

/** What is left of the scale above both together (0 to 1): a peak that would be cut off is limited instead. */
const LIMIT = 0.95

/** Puts voices over the clips' sound, which steps back under them. Throws a MediaError. @returns a WAV as long as before */
export async function addVoices(tools: MediaTools, request: AddVoicesRequest): Promise<string> {
  const { sound, samples, folder, signal } = request
  const spoken = await joinVoices(tools, request)
  const output = join(folder, 'spoken.wav')
  await runFfmpeg(tools, {
    task: 'put the voices over the sound of the clips',
    inputs: [
      { path: sound, demuxer: 'wav' },
      { path: spoken, demuxer: 'wav' },
    ],
    filter: [
      '[1:a]aformat=sample_fmts=fltp,asplit[voice][key]',
      `[0:a]aformat=sample_fmts=fltp[clips]`,
      `[clips][key]${DUCKING}[under]`,
      `[under][voice]amix=inputs=2:duration=first:normalize=0,alimiter=limit=${LIMIT}:level=0:latency=1,${exactSound(samples)}[a]`,
    ].join(';'),
    options: ['-map', '[a]', ...WAV_OPTIONS],
    output,
    timeoutSeconds: 1800,
    signal,
  })
  return output
}

/** One after the other with silence between, by our own code: memory does not grow with the film. */
async function joinVoices(tools: MediaTools, { samples, voices, folder, signal }: AddVoicesRequest): Promise<string> {
  const path = join(folder, 'voices.wav')
  const file = await open(path, 'w')
  try {
    await file.write(wavHeader(samples))
    // What is never written is silence.
    await file.truncate(HEADER_BYTES + samples * SAMPLE_BYTES)
    for (const { path, startSeconds, tempo } of voices) {
      const begin = samplesIn(startSeconds)
      const voice = join(folder, 'voice.wav')
      await runFfmpeg(tools, {
        task: 'decode a voice',
        inputs: [{ path, demuxer: 'flac' }],
        filter: `[0:a]${['aformat=sample_fmts=fltp:channel_layouts=stereo', ...tempoSteps(tempo).map((step) => `atempo=${step}`)].join(',')}[a]`,
        options: ['-map', '[a]', ...WAV_OPTIONS],
        output: voice,
        timeoutSeconds: 120,
        signal,
      })
      const sound = (await readFile(voice)).subarray(HEADER_BYTES)
      const heard = sound.subarray(0, Math.max(0, samples - begin) * SAMPLE_BYTES)
      await file.write(heard, 0, heard.length, HEADER_BYTES + begin * SAMPLE_BYTES)
    }
  } finally {
    await file.close()
  }
  return path
}
