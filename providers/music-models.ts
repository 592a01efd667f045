/** The music model. Its weights are licensed for non-commercial use, so which one is bought is configuration. */
import { z } from 'zod'
import type { Order } from './models.ts'
import { ProviderError } from './ports.ts'
import { priceMicroUsd, RATE_CARDS } from './rate-card.ts'

export interface MusicModel {
  /** "meta/musicgen:<version>" */
  model: string
  /** Seconds of one prediction at most, the continued part included. */
  maxSeconds: number
}

export interface MusicRequest {
  prompt: string
  /** Seconds of new music. */
  durationSeconds: number
  /** 1 to 4,294,967,295: the model takes 0 for "any" (replicate/cog-musicgen, predict.py). */
  seed: number
  /** The music to go on from, and how many seconds of it there are; null starts anew. */
  continuation: { url: string; durationSeconds: number } | null
}

/** MusicGen is trained on 30 s and has no positions beyond (Audiocraft's `max_duration`); longer outputs lose the thread. */
const MUSICGEN_MAX_SECONDS = 30

export const MUSIC_RATE_CARD = RATE_CARDS['meta/musicgen']

const MusicGenInput = z.strictObject({
  prompt: z.string().min(1),
  model_version: z.enum(['stereo-melody-large', 'stereo-large', 'melody-large', 'large']),
  duration: z.int().min(1).max(MUSICGEN_MAX_SECONDS),
  input_audio: z.url({ protocol: /^https?$/ }).optional(),
  continuation: z.boolean(),
  normalization_strategy: z.enum(['loudness', 'clip', 'peak', 'rms']),
  output_format: z.enum(['mp3', 'wav']),
  seed: z.int().min(1).max(0xffff_ffff),
})

/**
 * Reads MUSIC_MODEL.
 * @throws Error when it is not a version of meta/musicgen, the one music model whose input is known here
 */
export function musicModel(name: string): MusicModel {
  if (!/^meta\/musicgen:[0-9a-f]{64}$/.test(name)) {
    throw new Error(`The music model "${name}" is not known. Set MUSIC_MODEL to meta/musicgen:<version of 64 digits>.`)
  }
  return { model: name, maxSeconds: MUSICGEN_MAX_SECONDS }
}

/**
 * Makes the order for a piece of music. Its output holds the continued part first, then the new music, and is as long
 * as both, rounded up to whole seconds. The seed is what a lost purchase is recognised by (see purchase-token.ts).
 * @throws ProviderError of type ProviderInvalidInput when the model would refuse it, such as for its length
 */
export function buildMusic(model: MusicModel, { prompt, durationSeconds, seed, continuation }: MusicRequest): Order {
  const input = {
    prompt,
    // Text and continuation only: the melody versions are trained to follow a melody, which is never given.
    model_version: 'stereo-large',
    duration: Math.ceil(durationSeconds + (continuation?.durationSeconds ?? 0)),
    continuation: continuation !== null,
    ...(continuation && { input_audio: continuation.url }),
    // The model's own level: any other choice scales every piece by itself, and the joins would jump in loudness.
    normalization_strategy: 'clip',
    // MP3 encoders put silence before the first sample, which would be heard at every join.
    output_format: 'wav',
    seed,
  }
  const checked = MusicGenInput.safeParse(input)
  if (checked.success) return { model: model.model, input }
  const problems = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new ProviderError({
    type: 'ProviderInvalidInput',
    message: `MusicGen can't make this piece of music (${problems}). Change the music of the scene, then try again.`,
    retryAfterSeconds: null,
  })
}

/** What a piece of music is estimated to cost, in micro-USD, whatever its length. */
export function musicPriceMicroUsd(): number {
  return priceMicroUsd(MUSIC_RATE_CARD, {})
}
