/**
 * The video models that can be bought: one entry each, with everything about it but the prices, which stand in
 * rate-card.ts. A new model is a new entry in MODELS and one there.
 * Inputs follow the models' own schemas on replicate.com (the API tab of each model).
 */
import { z } from 'zod'
import type { AspectRatio } from '../domain/settings.ts'
import { type PredictionRequest, ProviderError } from './ports.ts'
import { priceMicroUsd, RATE_CARDS, type RateCard } from './rate-card.ts'

/** Those that models render; a square film is cut out of a wide one. */
export type RenderedAspect = Exclude<AspectRatio, '1:1'>
export type Order = Pick<PredictionRequest, 'model' | 'input'>

/** A scene to be rendered. */
export interface VideoRequest {
  prompt: string
  /** One of the model's `durations`. */
  durationSeconds: number
  aspectRatio: RenderedAspect
  firstFrameUrl: string
  /** Null when the scene has one picture: it then moves freely from the first. */
  lastFrameUrl: string | null
  /** 1 to 4,294,967,295; models without a seed leave it out. */
  seed: number
}

export interface VideoModel {
  /** How we call it, in settings and in the ledger. */
  key: string
  /** How it is called where people choose. */
  name: string
  /** How else people and the earlier system call it, in lower case. */
  aliases: readonly string[]
  /** Seconds, ascending. */
  durations: readonly number[]
  aspectRatios: readonly RenderedAspect[]
  rateCard: RateCard
  /** What we buy of that, and what comes back. */
  output: {
    resolution: string
    sound: boolean
    fps: number
    /** Pixels, by aspect ratio. */
    frame: Readonly<Record<RenderedAspect, { width: number; height: number }>>
  }
  /**
   * Makes the order for a scene. What a prediction's list later shows of it is how a lost purchase is recognised:
   * the picture URLs (every model), and the seed where there is one (see purchase-token.ts).
   * @throws ProviderError of type ProviderInvalidInput when the model would refuse it
   */
  build(request: VideoRequest): Order
}

const url = z.url({ protocol: /^https?$/ })
const seed = z.int().min(1).max(0xffff_ffff)

/** google/veo-3.1. Google bounds prompts to 1,024 tokens, which only the model can count. */
const VeoInput = z.strictObject({
  prompt: z.string().min(1),
  image: url,
  last_frame: url.optional(),
  aspect_ratio: z.enum(['16:9', '9:16']),
  duration: z.literal([4, 6, 8]),
  resolution: z.enum(['720p', '1080p']),
  generate_audio: z.boolean(),
  seed,
})

/** minimax/hailuo-02. MiniMax bounds prompts to 2,000 characters; 10 s exist at 768p and below only. */
const HailuoInput = z.strictObject({
  prompt: z.string().min(1).max(2000),
  first_frame_image: url,
  last_frame_image: url.optional(),
  duration: z.literal([6, 10]),
  resolution: z.enum(['512p', '768p', '1080p']),
  prompt_optimizer: z.boolean(),
})

const MODELS: readonly VideoModel[] = [
  {
    key: 'veo3',
    name: 'Veo 3.1',
    aliases: ['veo-3', 'veo3.1', 'veo-3.1', 'google/veo-3', 'google/veo-3.1'],
    durations: [4, 6, 8],
    aspectRatios: ['16:9', '9:16'],
    rateCard: RATE_CARDS['google/veo-3.1'],
    // 720p, because at 1080p Google renders 8 s only. No sound: the film gets one soundtrack, which every scene's own
    // noises would fight, and it would cost twice as much; the earlier system asked for none either.
    output: {
      resolution: '720p',
      sound: false,
      fps: 24,
      frame: { '16:9': { width: 1280, height: 720 }, '9:16': { width: 720, height: 1280 } },
    },
    build(request) {
      // Always 3.1, also for one picture: veo-3 costs the same, has no last frame, and a film mixed from both models
      // would change its look between scenes.
      return order(this, 'google/veo-3.1', VeoInput, {
        prompt: request.prompt,
        image: request.firstFrameUrl,
        ...(request.lastFrameUrl && { last_frame: request.lastFrameUrl }),
        aspect_ratio: request.aspectRatio,
        duration: request.durationSeconds,
        resolution: this.output.resolution,
        generate_audio: this.output.sound,
        seed: request.seed,
      })
    },
  },
  {
    key: 'hailuo-02',
    name: 'Hailuo 02',
    // "hilua" is how the earlier system spelled it.
    aliases: [
      'hailuo',
      'hailuo2',
      'hailuo-2',
      'hailuo02',
      'hailuo-2.0',
      'hailuo-2.5',
      'hilua',
      'hilua-2.5',
      'hilua-02',
      'minimax/hailuo-02',
    ],
    durations: [6, 10],
    aspectRatios: ['16:9', '9:16'],
    rateCard: RATE_CARDS['minimax/hailuo-02'],
    output: {
      resolution: '768p',
      sound: false,
      fps: 25,
      // The first picture decides; these are for one of the job's own aspect ratio.
      frame: { '16:9': { width: 1366, height: 768 }, '9:16': { width: 768, height: 1366 } },
    },
    build(request) {
      return order(this, 'minimax/hailuo-02', HailuoInput, {
        prompt: request.prompt,
        first_frame_image: request.firstFrameUrl,
        ...(request.lastFrameUrl && { last_frame_image: request.lastFrameUrl }),
        duration: request.durationSeconds,
        resolution: this.output.resolution,
        // What was approved is what gets rendered: the model must not rewrite it.
        prompt_optimizer: false,
      })
    },
  },
]

function order(model: VideoModel, name: string, schema: z.ZodType, input: Record<string, unknown>): Order {
  const checked = schema.safeParse(input)
  if (checked.success) return { model: name, input }
  const problems = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new ProviderError({
    type: 'ProviderInvalidInput',
    message: `${model.key} can't render this scene (${problems}). Change the scene, then try again.`,
    retryAfterSeconds: null,
  })
}

/** Every video model that can be bought. */
export const videoModels = () => MODELS

/**
 * Finds a video model by its key or any of its other names, whatever their case.
 * @throws Error that names the unknown model and lists the known ones
 */
export function resolveVideoModel(nameOrAlias: string): VideoModel {
  const name = nameOrAlias.trim().toLowerCase()
  const model = MODELS.find(({ key, aliases }) => key === name || aliases.includes(name))
  if (model) return model
  const known = MODELS.map(({ key }) => key).join(', ')
  throw new Error(`The video model "${nameOrAlias}" is not known. Known are: ${known}.`)
}

/** The allowed duration that is meant by `seconds`: the shortest that is not shorter, else the longest. */
export function snapTo(allowed: readonly number[], seconds: number): number {
  const longEnough = allowed.filter((duration) => duration >= seconds)
  return longEnough.length > 0 ? Math.min(...longEnough) : Math.max(...allowed)
}

/** The duration (seconds) that `model` renders for someone who asks for `seconds`: of Hailuo 5 s are 6. */
export function snapDuration(model: VideoModel, seconds: number): number {
  return snapTo(model.durations, seconds)
}

/** What a clip of `seconds` costs, in micro-USD, at the resolution and with the sound that we buy. */
export function videoPriceMicroUsd(model: VideoModel, seconds: number): number {
  const { resolution, sound: audio } = model.output
  return priceMicroUsd(model.rateCard, { resolution, audio, seconds })
}

/** What rendering a scene of `seconds` costs, in micro-USD: the clip that the model renders for it. */
export function scenePriceMicroUsd(model: VideoModel, seconds: number): number {
  return videoPriceMicroUsd(model, snapDuration(model, seconds))
}

/** What a model is asked for, for a film of that aspect. */
export const renderedAspect = (aspectRatio: AspectRatio): RenderedAspect => (aspectRatio === '9:16' ? '9:16' : '16:9')
