import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { AssetJson, assetJson } from './asset-json.ts'
import { newAssetBody, newAssetRefusals, receiveAsset } from './receive-asset.ts'

const route = createRoute({
  method: 'post',
  path: '/assets',
  tags: ['Assets'],
  summary: 'Create an asset of an uploaded file, of base64, or of a URL',
  request: { body: newAssetBody },
  responses: {
    201: json(z.object({ data: AssetJson }), 'The new asset'),
    ...newAssetRefusals,
  },
})

export function createAsset(deps: ApiDeps) {
  return endpoint(route, async (c) => c.json({ data: assetJson(await receiveAsset(c, deps)) }, 201))
}
