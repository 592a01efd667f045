/** An asset as the API shows it: camelCase. */
import { z } from '@hono/zod-openapi'
import type { Asset } from '../../prisma/queries/assets.ts'
import { timestamp } from '../responses.ts'

export const ASSET_TYPES = ['image', 'video', 'audio'] as const

export const AssetJson = z
  .object({
    id: z.uuid(),
    userId: z.string().openapi({ description: 'Empty when unknown' }),
    clientId: z.uuid().nullable(),
    campaignId: z.uuid().nullable(),
    name: z.string(),
    url: z.string().openapi({ description: 'Where its bytes are' }),
    size: z.int().nullable().openapi({ description: 'Bytes' }),
    uploadedAt: timestamp,
    description: z.string().nullable(),
    tags: z.array(z.string()),
    thumbnailBlobId: z.string().nullable(),
    sourceUrl: z.string().nullable(),
    type: z.enum(ASSET_TYPES),
    format: z.string().nullable().openapi({ description: 'A file name extension, such as jpg' }),
    width: z.int().nullable().openapi({ description: 'Pixels, as it is seen' }),
    height: z.int().nullable(),
    duration: z.number().nullable().optional().openapi({ description: 'Seconds; video and audio only' }),
    thumbnailUrl: z.string().nullable().optional().openapi({ description: 'Video only' }),
    waveformUrl: z.string().nullable().optional().openapi({ description: 'Audio only: a JPEG of its waveform' }),
  })
  .openapi('Asset')

export function assetJson(asset: Asset): z.infer<typeof AssetJson> {
  const url = `/api/v3/assets/${asset.id}`
  return {
    id: asset.id,
    userId: asset.userId ?? '',
    clientId: asset.clientId,
    campaignId: asset.campaignId,
    name: asset.name,
    url: `${url}/data`,
    size: asset.size,
    uploadedAt: asset.insertedAt.toISOString(),
    description: asset.description,
    tags: asset.tags as string[],
    thumbnailBlobId: asset.thumbnailHash,
    sourceUrl: asset.sourceUrl,
    type: asset.type as (typeof ASSET_TYPES)[number],
    format: asset.format,
    width: asset.width,
    height: asset.height,
    ...(asset.type !== 'image' && { duration: asset.duration }),
    ...(asset.type === 'video' && { thumbnailUrl: asset.thumbnailHash && `${url}/thumbnail` }),
    ...(asset.type === 'audio' && { waveformUrl: asset.thumbnailHash && `${url}/thumbnail` }),
  }
}
