/** A model as the API shows it: what it renders, and its rate card. */
import { z } from '@hono/zod-openapi'
import type { Config } from '../../config.ts'
import { DRAFT_MODEL, resolveVideoModel, type VideoModel } from '../../providers/models.ts'
import { MUSIC_RATE_CARD } from '../../providers/music-models.ts'
import type { RateCard, Rate as RateOfCard } from '../../providers/rate-card.ts'
import type { VoiceModel } from '../../providers/voice-models.ts'
import { usd } from '../usd.ts'

const Rate = z.object({
  unit: z.enum(['second', 'run', 'character']).openapi({ description: 'Of what it is the price' }),
  price: z.number().openapi({ description: 'USD', example: 0.2 }),
  resolution: z.string().nullable().openapi({ description: 'Of video', example: '720p' }),
  audio: z.boolean().nullable().openapi({ description: 'Whether the video comes with sound', example: false }),
  seconds: z
    .number()
    .nullable()
    .openapi({ description: 'Of what length a run has this price; null for any', example: null }),
  is_bought: z.boolean().openapi({ description: 'Whether it is the one that jobs buy', example: true }),
})

const ofVideo = { description: 'Of video models; null for others' }

export const ModelJson = z
  .object({
    id: z.string().openapi({ description: 'What video_model takes', example: 'veo3' }),
    kind: z.enum(['video', 'music', 'voice']),
    name: z.string().openapi({ example: 'Veo 3.1' }),
    aliases: z.array(z.string()).openapi({ description: 'What video_model takes too', example: ['veo-3.1'] }),
    is_default: z.boolean().openapi({ description: 'Whether it is the one that is configured', example: true }),
    durations: z
      .array(z.number())
      .nullable()
      .openapi({
        description: 'Seconds, every one that it renders, ascending. Null for others than video models',
        example: [4, 6, 8],
      }),
    aspect_ratios: z
      .array(z.string())
      .nullable()
      .openapi({ ...ofVideo, example: ['16:9', '9:16'] }),
    last_frame: z.boolean().nullable().openapi({
      description:
        'Whether a scene ends with its second photo; where not, it moves freely from the first. Null for others than video models',
      example: true,
    }),
    is_draft: z.boolean().openapi({ description: 'Whether it renders the drafts (quality: draft)', example: false }),
    voices: z.array(z.string()).nullable().openapi({ description: 'Of voice models; null for others', example: null }),
    rates: z.array(Rate),
    price_source: z
      .string()
      .openapi({ description: 'Where the prices were read', example: 'replicate.com/google/veo-3.1' }),
    priced_as_of: z.string().openapi({ description: 'ISO 8601: a day, a month or a year', example: '2026-04' }),
  })
  .openapi('Model')

type Model = z.infer<typeof ModelJson>

export function videoModelJson(model: VideoModel, { videoModel }: Config): Model {
  const { output, rateCard } = model
  return {
    kind: 'video',
    ...{ id: model.key, name: model.name, aliases: [...model.aliases] },
    is_default: resolveVideoModel(videoModel) === model,
    ...{ durations: [...model.durations], aspect_ratios: [...model.aspectRatios], voices: null },
    ...{ last_frame: model.lastFrame, is_draft: model === DRAFT_MODEL },
    ...ratesJson(rateCard, ({ resolution, audio }) => resolution === output.resolution && audio === output.sound),
  }
}

export function musicModelJson({ musicModel }: Config): Model {
  return {
    kind: 'music',
    ...{ id: musicModel, name: 'MusicGen', aliases: [], is_default: true },
    ...{ durations: null, aspect_ratios: null, voices: null, last_frame: null, is_draft: false },
    ...ratesJson(MUSIC_RATE_CARD),
  }
}

export function voiceModelJson({ model, name, voices, rateCard }: VoiceModel): Model {
  return {
    kind: 'voice',
    ...{ id: model, name, aliases: [], is_default: true },
    ...{ durations: null, aspect_ratios: null, voices: [...voices], last_frame: null, is_draft: false },
    ...ratesJson(rateCard),
  }
}

function ratesJson({ rates, source }: RateCard, isBought: (rate: RateOfCard) => boolean = () => true) {
  return {
    rates: rates.map((rate) => {
      const { unit, microUsd, resolution = null, audio = null, seconds = null } = rate
      return { unit, price: usd(microUsd), resolution, audio, seconds, is_bought: isBought(rate) }
    }),
    ...{ price_source: source.page, priced_as_of: source.asOf },
  }
}
