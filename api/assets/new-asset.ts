/** What may be said of a new asset: as JSON, or as the fields of a form, where everything is a string. */
import { z } from '@hono/zod-openapi'
import { ApiError } from '../errors.ts'
import { body, freeForm, reference, text } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { detailsOf } from '../validation.ts'
import { ASSET_TYPES } from './asset-json.ts'

const ALIASES = { url: 'source_url', asset_type: 'type' } as const

const tags = z.preprocess(
  (value: string[] | string | null | undefined) =>
    typeof value === 'string' ? (parsed(value) ?? value.split(',').map((tag) => tag.trim())) : value,
  z
    .array(z.string(), { error: 'must be a list of strings' })
    .transform((list) => list.filter(Boolean))
    .nullish(),
)
const metadata = z.preprocess(
  (value: z.input<typeof freeForm> | string) => (typeof value === 'string' ? (parsed(value) ?? value) : value),
  freeForm,
)

export const NewAsset = body(
  {
    campaign_id: reference,
    client_id: reference,
    user_id: text,
    name: z
      .string({ error: 'must be a string' })
      .trim()
      .max(255, { error: 'has more than 255 characters' })
      .regex(/^\P{Cc}*$/u, { error: 'has control characters, such as a line break' })
      .nullish(),
    description: text,
    tags,
    metadata,
    type: text.openapi({ description: 'Only checked: what a file is comes from its bytes', enum: [...ASSET_TYPES] }),
    source_url: z.string({ error: 'must be a string' }).trim().nullish().openapi({ format: 'uri' }),
    blob_data: text.openapi({ description: 'The file as base64; as multipart it may be larger' }),
  },
  ALIASES,
).openapi('NewAsset', {
  example: {
    campaign_id: EXAMPLES.campaign,
    source_url: 'https://harbour-homes.example/kitchen.jpg',
    description: 'The kitchen in the morning',
    tags: ['kitchen'],
  },
})
export type NewAsset = z.infer<typeof NewAsset>

/** A new asset as the fields of a form, with its file. */
export type NewAssetForm = { file?: Blob } & { [Field in keyof z.input<typeof NewAsset>]?: string }

/** What a list of new assets has beside the list holds for each of them. */
export const NewAssets = body(
  {
    assets: (z.unknown() as z.ZodType<unknown, (string | z.input<typeof NewAsset>)[]>)
      .optional()
      .openapi({ type: 'array', items: { anyOf: [{ type: 'string' }, { $ref: '#/components/schemas/NewAsset' }] } }),
    campaign_id: reference,
    client_id: reference,
    user_id: text,
    tags,
  },
  { items: 'assets', requests: 'assets', sources: 'assets' },
).openapi('NewAssets', {
  example: {
    campaign_id: EXAMPLES.campaign,
    assets: [
      'https://harbour-homes.example/kitchen.jpg',
      { source_url: 'https://harbour-homes.example/lake.jpg', description: 'The lake at noon' },
    ],
  },
})

/** @throws ApiError 422 with what is wrong with which field */
export function readNewAsset(given: unknown): NewAsset {
  const result = NewAsset.safeParse(given)
  if (!result.success) throw new ApiError(422, 'Validation failed', { details: detailsOf(result.error.issues) })
  return result.data
}

/** @throws ApiError 400 for a type that no asset has */
export function checkType(type: NewAsset['type']): void {
  const kind = type?.trim().toLowerCase().split('/')[0]
  if (!kind || (ASSET_TYPES as readonly string[]).includes(kind)) return
  throw new ApiError(400, 'Invalid file format', {
    extra: { reason: `The type is image, video or audio, not ${kind}.` },
  })
}

function parsed(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
