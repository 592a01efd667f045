import { createRoute, z } from '@hono/zod-openapi'
import { withWorkFolder } from '../../assets/work-folder.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jsonBody } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { addAsset } from './add-asset.ts'
import { AssetJson, assetJson } from './asset-json.ts'
import { NewAsset } from './new-asset.ts'

const route = createRoute({
  method: 'post',
  path: '/assets/from-url',
  tags: ['Assets'],
  summary: 'Create an asset of what a URL gives',
  request: { body: jsonBody(NewAsset) },
  responses: {
    201: json(z.object({ data: AssetJson }), 'The new asset'),
    ...plainRefusals({
      400: ['No source_url, or one that gives no image, video or audio', { error: 'source_url is required' }],
      404: ['Unknown campaign or client', { error: 'Campaign not found' }],
      422: ['A field is wrong', { error: 'Validation failed', details: { name: ['has more than 255 characters'] } }],
    }),
  },
})

export function createAssetFromUrl(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const fields = { ...c.req.valid('json'), blob_data: null }
    if (!fields.source_url) throw new ApiError(400, 'source_url is required')
    const asset = await withWorkFolder(deps.config, (folder) => addAsset(deps, fields, null, folder))
    return c.json({ data: assetJson(asset) }, 201)
  })
}
