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
  /** Null when the scene has one picture: it then moves freely from the first. Left out by models that take none. */
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
  /** Whether it takes a picture to end with. One that takes none moves freely from the first. */
  lastFrame: boolean
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

/** minimax/hailuo-2.3: version 23a02633 on replicate.com, read on 2026-11-26. No last frame; 10 s exist at 768p only. */
const Hailuo23Input = z.strictObject({
  prompt: z.string().min(1).max(2000),
  first_frame_image: url,
  duration: z.literal([6, 10]),
  resolution: z.enum(['768p', '1080p']),
  prompt_optimizer: z.boolean(),
})

/** bytedance/seedance-1-pro: version a5fd5508 on replicate.com, read on 2026-11-26. */
const SeedanceInput = z.strictObject({
  prompt: z.string().min(1),
  image: url,
  last_frame_image: url.optional(),
  duration: z.int().min(2).max(12),
  resolution: z.enum(['480p', '720p', '1080p']),
  aspect_ratio: z.enum(['16:9', '9:16']),
  fps: z.literal(24),
  camera_fixed: z.boolean(),
  seed,
})

type Named = Pick<VideoModel, 'key' | 'name' | 'aliases'>

/** @param model its name at the provider: one whose input is VeoInput */
function veo(model: 'google/veo-3.1' | 'google/veo-3.1-fast', named: Named): VideoModel {
  return {
    ...named,
    durations: [4, 6, 8],
    aspectRatios: ['16:9', '9:16'],
    lastFrame: true,
    rateCard: RATE_CARDS[model],
    // 720p, because at 1080p Google renders 8 s only. No sound: the film gets one soundtrack, which every scene's own
    // noises would fight, and it would cost more; the earlier system asked for none either.
    output: {
      resolution: '720p',
      sound: false,
      fps: 24,
      frame: { '16:9': { width: 1280, height: 720 }, '9:16': { width: 720, height: 1280 } },
    },
    build(request) {
      return order(this, model, VeoInput, {
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
  }
}

/** Of a first picture of the job's own aspect ratio, which decides. */
const SEEDANCE_FRAMES = {
  '480p': { '16:9': { width: 864, height: 480 }, '9:16': { width: 480, height: 864 } },
  '1080p': { '16:9': { width: 1920, height: 1080 }, '9:16': { width: 1080, height: 1920 } },
}

function seedance(resolution: keyof typeof SEEDANCE_FRAMES, named: Named): VideoModel {
  return {
    ...named,
    durations: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    aspectRatios: ['16:9', '9:16'],
    lastFrame: true,
    rateCard: RATE_CARDS['bytedance/seedance-1-pro'],
    output: { resolution, sound: false, fps: 24, frame: SEEDANCE_FRAMES[resolution] },
    build(request) {
      return order(this, 'bytedance/seedance-1-pro', SeedanceInput, {
        prompt: request.prompt,
        image: request.firstFrameUrl,
        ...(request.lastFrameUrl && { last_frame_image: request.lastFrameUrl }),
        duration: request.durationSeconds,
        resolution,
        aspect_ratio: request.aspectRatio,
        fps: 24,
        camera_fixed: false,
        seed: request.seed,
      })
    },
  }
}

/** Hailuo takes the shape of the first picture; these are for one of the job's own aspect ratio. */
const HAILUO_OUTPUT = {
  resolution: '768p',
  sound: false,
  fps: 25,
  frame: { '16:9': { width: 1366, height: 768 }, '9:16': { width: 768, height: 1366 } },
}

/**
 * What renders the drafts of every job, whichever models it names: it renders every length that they do, so that a draft is
 * timed as its film will be, ends where the scene is to end, and costs little (docs/decisions/0059-drafts.md).
 */
export const DRAFT_MODEL = seedance('480p', {
  key: 'seedance-1-pro-480p',
  name: 'Seedance 1 Pro, small',
  aliases: ['seedance-480p'],
})

const MODELS: readonly VideoModel[] = [
  // Always 3.1, also for one picture: veo-3 costs the same, has no last frame, and a film mixed from both models would
  // change its look between scenes.
  veo('google/veo-3.1', {
    key: 'veo3',
    name: 'Veo 3.1',
    aliases: ['veo-3', 'veo3.1', 'veo-3.1', 'google/veo-3', 'google/veo-3.1'],
  }),
  veo('google/veo-3.1-fast', {
    key: 'veo-3.1-fast',
    name: 'Veo 3.1 Fast',
    aliases: ['veo3-fast', 'veo3.1-fast', 'veo-3-fast', 'google/veo-3-fast', 'google/veo-3.1-fast'],
  }),
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
    lastFrame: true,
    rateCard: RATE_CARDS['minimax/hailuo-02'],
    output: HAILUO_OUTPUT,
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
  {
    key: 'hailuo-2.3',
    name: 'Hailuo 2.3',
    aliases: ['hailuo2.3', 'hailuo-23', 'minimax/hailuo-2.3'],
    durations: [6, 10],
    aspectRatios: ['16:9', '9:16'],
    lastFrame: false,
    rateCard: RATE_CARDS['minimax/hailuo-2.3'],
    output: HAILUO_OUTPUT,
    build(request) {
      return order(this, 'minimax/hailuo-2.3', Hailuo23Input, {
        prompt: request.prompt,
        first_frame_image: request.firstFrameUrl,
        duration: request.durationSeconds,
        resolution: this.output.resolution,
        prompt_optimizer: false,
      })
    },
  },
  seedance('1080p', {
    key: 'seedance-1-pro',
    name: 'Seedance 1 Pro',
    aliases: ['seedance', 'seedance-1', 'bytedance/seedance-1-pro'],
  }),
  DRAFT_MODEL,
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

/** Finds a video model by its key or any of its other names, whatever their case. */
export function findVideoModel(nameOrAlias: string): VideoModel | undefined {
  const name = nameOrAlias.trim().toLowerCase()
  return MODELS.find(({ key, aliases }) => key === name || aliases.includes(name))
}

/**
 * The same where there has to be one.
 * @throws Error that names the unknown model and lists the known ones
 */
export function resolveVideoModel(nameOrAlias: string): VideoModel {
  const model = findVideoModel(nameOrAlias)
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
