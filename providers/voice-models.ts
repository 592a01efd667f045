/** The model that speaks voice-overs: which one is bought is configuration. */
import { z } from 'zod'
import { MAX_VOICE_OVER_CHARACTERS } from '../domain/voice-over.ts'
import type { Order } from './models.ts'
import { ProviderError } from './ports.ts'
import { priceMicroUsd, RATE_CARDS, type RateCard } from './rate-card.ts'

export interface VoiceModel {
  /** Its name at the provider: an official model, bought by its name. */
  model: string
  /** How it is called where people choose. */
  name: string
  voices: readonly string[]
  rateCard: RateCard
}

export interface VoiceRequest {
  text: string
  /** One of the model's voices; null for its usual one. */
  voice: string | null
  /** 1 to 4,294,967,295. */
  seed: number
}

/**
 * Input schema of replicate.com/resemble-ai/chatterbox-pro, as a TypeScript client that was generated from it has it. Of
 * the speech models there it is one of few with a seed, which is what a lost purchase is recognised by: MiniMax's
 * speech-02 has none. Read on 2026-11-25.
 */
const CHATTERBOX_PRO: VoiceModel = {
  model: 'resemble-ai/chatterbox-pro',
  name: 'Chatterbox Pro',
  voices: ['Luna', 'Ember', 'Hem', 'Aurora', 'Cliff', 'Josh', 'William (Whispering)', 'Orion', 'Ken'],
  rateCard: RATE_CARDS['resemble-ai/chatterbox-pro'],
}

const MODELS: readonly VoiceModel[] = [CHATTERBOX_PRO]

/** As people speak who are to be understood. */
const CHARACTERS_PER_SECOND = 15

const ChatterboxInput = z.strictObject({
  prompt: z
    .string()
    .min(1)
    .max(MAX_VOICE_OVER_CHARACTERS * 4),
  voice: z.enum(CHATTERBOX_PRO.voices),
  seed: z.int().min(1).max(0xffff_ffff),
})

/**
 * Reads VOICE_MODEL.
 * @throws Error that lists the known ones
 */
export function voiceModel(name: string): VoiceModel {
  const model = MODELS.find((one) => one.model === name)
  if (model) return model
  const known = MODELS.map((one) => one.model).join(', ')
  throw new Error(`The voice model "${name}" is not known. Set VOICE_MODEL to one of: ${known}.`)
}

/** @throws ProviderError of type ProviderInvalidInput when the model would refuse it */
export function buildVoice({ model, voices }: VoiceModel, { text, voice, seed }: VoiceRequest): Order {
  const input = { prompt: text, voice: voice ?? voices[0], seed }
  const checked = ChatterboxInput.safeParse(input)
  if (checked.success) return { model, input }
  const problems = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new ProviderError({
    type: 'ProviderInvalidInput',
    message: `${model} can't speak this voice-over (${problems}). Change the text or the voice, then try again.`,
    retryAfterSeconds: null,
  })
}

/** What speaking a text costs, in micro-USD. */
export function voicePriceMicroUsd({ rateCard }: VoiceModel, text: string): number {
  return priceMicroUsd(rateCard, { characters: [...text].length })
}

/** About how long a text takes to be spoken (seconds). */
export const spokenSeconds = (text: string) => Math.ceil([...text].length / CHARACTERS_PER_SECOND)
