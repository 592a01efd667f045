/** An asset as the API shows it: camelCase. */
import { z } from '@hono/zod-openapi'
import type { Asset } from '../../prisma/queries/assets.ts'
import { assetId, campaignId, clientId, EXAMPLES } from '../ids.ts'
import { timestamp } from '../responses.ts'

export const ASSET_TYPES = ['image', 'video', 'audio'] as const

export const AssetJson = z
  .object({
    id: assetId,
    userId: z.string().openapi({ description: 'Empty when unknown', example: '' }),
    clientId: clientId.nullable(),
    campaignId: campaignId.nullable(),
    name: z.string().openapi({ example: 'kitchen.jpg' }),
    url: z
      .string()
      .openapi({ description: 'Where its bytes are', example: `/api/v3/assets/${EXAMPLES.assets[0]}/data` }),
    size: z.int().nullable().openapi({ description: 'Bytes', example: 482_113 }),
    uploadedAt: timestamp,
    description: z.string().nullable().openapi({ example: 'The kitchen in the morning' }),
    tags: z.array(z.string()).openapi({ example: ['kitchen'] }),
    thumbnailBlobId: z
      .string()
      .nullable()
      .openapi({ example: '9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab' }),
    sourceUrl: z.string().nullable().openapi({ example: 'https://harbour-homes.example/kitchen.jpg' }),
    type: z.enum(ASSET_TYPES),
    format: z.string().nullable().openapi({ description: 'A file name extension, such as jpg', example: 'jpg' }),
    width: z.int().nullable().openapi({ description: 'Pixels, as it is seen', example: 1920 }),
    height: z.int().nullable().openapi({ example: 1080 }),
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
