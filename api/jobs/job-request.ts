/** What can be asked of a new job, and what it means together with the configuration. */
import { z } from '@hono/zod-openapi'
import type { Config } from '../../config.ts'
import {
  ASPECT_RATIOS,
  AUDIO_ERROR_STRATEGIES,
  AUDIO_SYNC_MODES,
  FITS,
  FRAME_RATES,
  type JobSettings,
  MOST_VARIANTS,
  QUALITIES,
  RESOLUTIONS,
} from '../../domain/settings.ts'
import { CAPTION_MODES, MAX_OVERLAY_CHARACTERS } from '../../domain/words.ts'
import { resolveVideoModel, snapDuration, type VideoModel } from '../../providers/models.ts'
import { type VoiceModel, voiceModel } from '../../providers/voice-models.ts'
import { budgetField } from '../budgets/budget-field.ts'
import { ApiError } from '../errors.ts'
import { boolean, inSnakeCase, nullable, numeric, reference, text } from '../fields.ts'
import { transitionDurationField, transitionNamed } from './transition-fields.ts'
import { shownText } from './words-fields.ts'

const optionalText = z.string().trim().min(1).nullish().catch(null)
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` }).nullish()

/**
 * A parameter that the earlier system had no meaning for: frontends may keep something of their own under its name, so what
 * is no text there counts as absent (docs/decisions/0035-new-parameters.md).
 */
const worded = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value: unknown) => (typeof value === 'string' ? value : undefined), schema)
/** The same for a word of ours where frontends may well have words of their own: one that is none of these is theirs. */
const wordOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  worded(z.enum(words).optional().catch(undefined))
/** The same for numbers, which may be written as text: what is neither counts as absent. */
const counted = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value: unknown) => (['number', 'string'].includes(typeof value) ? value : undefined), schema)
/** The same for words that are shown, where a number is meant as it is written. */
const shown = z.preprocess(
  (value: unknown) => (typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined),
  shownText(MAX_OVERLAY_CHARACTERS),
)

/** How many clips of a scene are bought. */
export const variantsField = numeric(
  z
    .int({ error: `must be a whole number from 1 to ${MOST_VARIANTS}` })
    .min(1, { error: 'must be 1 at least' })
    .max(MOST_VARIANTS, { error: `must be ${MOST_VARIANTS} at most` })
    .optional(),
).openapi({ type: 'integer', description: 'How many clips are bought, to choose from' })

/** The same among the parameters, where text that is no number may be a frontend's own ("photos"). */
const variantsParameter = counted(
  z.preprocess((value: unknown) => (Number.isFinite(Number(value)) ? value : undefined), variantsField),
)

/** The fields of `parameters` that mean something here; whatever else stands in it is kept and echoed. */
const KnownParameters = z.object({
  style: optionalText,
  music_genre: optionalText,
  quality: wordOf(QUALITIES),
  variants: variantsParameter,
  aspect_ratio: oneOf(ASPECT_RATIOS),
  resolution: worded(oneOf(RESOLUTIONS)),
  fps: counted(numeric(z.literal(FRAME_RATES, { error: `must be one of ${FRAME_RATES.join(', ')}` }).optional())),
  fit: worded(oneOf(FITS)),
  transition: worded(nullable(transitionNamed('auto').optional())),
  transition_duration: counted(transitionDurationField),
  title: shown,
  price: shown,
  call_to_action: shown,
  captions: worded(oneOf(CAPTION_MODES)),
  keep_clip_audio: boolean(z.boolean().optional()),
  video_model: text,
  model: text,
  auto_generate_audio: boolean(z.boolean().optional()),
  audio_merge_with_video: boolean(z.boolean().optional()),
  audio_sync_mode: z.enum(AUDIO_SYNC_MODES).nullish(),
  audio_error_strategy: z.enum(AUDIO_ERROR_STRATEGIES).nullish(),
  audio_fail_on_error: boolean(z.boolean().optional()),
  audio_fade_duration: numeric(z.number().min(0).max(10).optional()),
  audio_prompt: optionalText,
  music_asset_id: reference,
  voice: optionalText,
  budget_usd: counted(budgetField),
})

/** Parameters are kept as they came: any object. */
export const parametersField = z
  .record(z.string(), z.unknown(), { error: 'must be an object' })
  .nullish()
  .transform((parameters) => parameters ?? {})
  .openapi({ type: 'object' })

/** How long a scene may be asked to be: models render 4 to 10 s, and the nearest that they render is taken. */
const clipDuration = z.number({ error: 'must be a number of seconds' }).positive().max(60)
const CLIP_DURATION = {
  type: 'number',
  description: 'Seconds a scene; becomes the next duration that the model renders',
} as const
export const clipDurationField = (fallback: number) => numeric(clipDuration.default(fallback)).openapi(CLIP_DURATION)
/** The same, where it makes a difference whether it was given. */
export const optionalClipDurationField = numeric(clipDuration.optional()).openapi(CLIP_DURATION)

/** How many scenes may be asked for; the configuration's own limit is checked with the rest. */
export const sceneCountField = numeric(
  z.number({ error: 'must be a whole number' }).int().positive().max(1_000_000).optional(),
).openapi({ type: 'integer' })

export interface Wish {
  /** The model by any of its names, when the request has one. */
  model: string | null | undefined
  /** Null for as many as the film's length asks for. */
  sceneCount: number | null
  /** Seconds that all scenes are to last together. */
  durationSeconds?: number
  /** Whether it follows from how many photos there are, because none was asked for. */
  scenesFollowPhotos?: boolean
  /** The photos by their ids, in order; absent for all that the campaign has. */
  assetIds?: string[]
  /** Seconds. */
  clipDuration: number
  propertyTypes: string[] | null
  style?: string | null
  musicGenre?: string | null
  parameters: Record<string, unknown>
}

/**
 * Pins what the configuration says now, so that a later change of it changes no job that exists.
 * @throws ApiError 422 when something can't be had
 */
export function resolveSettings(config: Config, wish: Wish): JobSettings {
  const parsed = KnownParameters.safeParse(inSnakeCase(wish.parameters))
  if (!parsed.success) {
    const details = parsed.error.issues.map((issue) => [`parameters.${issue.path.join('.')}`, [issue.message]])
    throw new ApiError(422, 'Validation failed', { details: Object.fromEntries(details) })
  }
  const asked = parsed.data
  const model = modelOf(wish.model || asked.video_model || asked.model || config.videoModel)
  const clipSeconds = snapDuration(model, wish.clipDuration)
  const sceneCount = wish.sceneCount ?? Math.max(1, Math.round((wish.durationSeconds ?? 0) / clipSeconds))
  if (sceneCount > config.maxScenes) {
    throw new ApiError(
      422,
      `A job may have ${config.maxScenes} scenes at most (MAX_SCENES), and ${sceneCount} were asked for`,
      { code: 'job_creation_failed' },
    )
  }
  const speaker = voiceModel(config.voiceModel)
  return {
    videoModel: model.key,
    quality: asked.quality ?? 'final',
    variants: asked.variants ?? 1,
    aspectRatio: asked.aspect_ratio ?? '16:9',
    resolution: asked.resolution ?? null,
    fps: asked.fps ?? null,
    // A square film is cut out of what the model renders wide: bars would take almost half of it.
    fit: asked.fit ?? (asked.aspect_ratio === '1:1' ? 'crop' : 'blur'),
    transition: asked.transition ?? 'cut',
    transitionDuration: asked.transition_duration ?? null,
    words: {
      title: asked.title ?? null,
      price: asked.price ?? null,
      callToAction: asked.call_to_action ?? null,
    },
    captions: asked.captions ?? 'burned',
    keepClipAudio: asked.keep_clip_audio ?? true,
    assetIds: wish.assetIds,
    sceneCount,
    scenesFollowPhotos: wish.scenesFollowPhotos,
    clipDuration: clipSeconds,
    durationSeconds: wish.durationSeconds,
    style: wish.style ?? asked.style ?? null,
    musicGenre: wish.musicGenre ?? asked.music_genre ?? null,
    propertyTypes: wish.propertyTypes,
    music: {
      auto: asked.auto_generate_audio ?? config.audio.auto,
      merge: asked.audio_merge_with_video ?? config.audio.merge,
      syncMode: asked.audio_sync_mode ?? config.audio.syncMode,
      errorStrategy: asked.audio_error_strategy ?? config.audio.errorStrategy,
      failOnError: asked.audio_fail_on_error ?? config.audio.failOnError,
      fadeSeconds: asked.audio_fade_duration ?? 1,
      prompt: asked.audio_prompt ?? null,
      model: config.musicModel,
      assetId: asked.music_asset_id ?? undefined,
    },
    voice: { model: speaker.model, voice: asked.voice ? voiceOf(speaker, asked.voice) : null },
    maxParallelScenes: config.maxParallelScenes,
  }
}

/** What the parameters, which were checked, say that the job may cost: USD; null for no limit of its own. */
export function budgetAsked(parameters: Record<string, unknown>): number | null {
  return KnownParameters.shape.budget_usd.parse((inSnakeCase(parameters) as Record<string, unknown>).budget_usd) ?? null
}

function voiceOf({ model, voices }: VoiceModel, name: string): string {
  const voice = voices.find((one) => one.toLowerCase() === name.toLowerCase())
  if (voice) return voice
  const problem = `is no voice of ${model}: choose one of ${voices.join(', ')}`
  throw new ApiError(422, 'Validation failed', { details: { 'parameters.voice': [problem] } })
}

function modelOf(name: string): VideoModel {
  try {
    return resolveVideoModel(name)
  } catch (error) {
    throw new ApiError(422, (error as Error).message, { code: 'job_creation_failed' })
  }
}
