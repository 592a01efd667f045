import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { AssetJson, assetJson } from './asset-json.ts'
import { newAssetBody, receiveAsset } from './receive-asset.ts'

const route = createRoute({
  method: 'post',
  path: '/assets/unified',
  tags: ['Assets'],
  summary: 'Create an asset, and say whether it got a thumbnail',
  request: { body: newAssetBody },
  responses: {
    201: json(
      z.object({ data: AssetJson, meta: z.object({ has_thumbnail: z.boolean().openapi({ example: true }) }) }),
      'The new asset',
    ),
    ...plainRefusals({
      400: [
        'No file, one that is no image, video or audio, or a URL that gives none',
        { error: 'Either file upload or source_url must be provided' },
      ],
      404: ['Unknown campaign or client', { error: 'Campaign not found' }],
      413: [
        'The file is larger than MAX_UPLOAD_BYTES',
        { error: 'The body is larger than the 536870912 bytes that are taken', max_bytes: 536_870_912 },
      ],
      422: ['A field is wrong', { error: 'Validation failed', details: { name: ['has more than 255 characters'] } }],
    }),
  },
})

export function createUnifiedAsset(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const asset = await receiveAsset(c, deps)
    return c.json(
      { data: assetJson(asset), meta: { has_thumbnail: asset.type !== 'audio' && asset.thumbnailHash !== null } },
      201,
    )
  })
}
