import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { AssetJson, assetJson } from './asset-json.ts'
import { newAssetBody, newAssetRefusals, receiveAsset } from './receive-asset.ts'

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
    ...newAssetRefusals,
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
