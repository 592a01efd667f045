import { createRoute, z } from '@hono/zod-openapi'
import { findAsset } from '../../prisma/queries/assets.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { uuidParam } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { AssetJson, assetJson } from './asset-json.ts'

const route = createRoute({
  method: 'get',
  path: '/assets/{id}',
  tags: ['Assets'],
  summary: 'One asset',
  request: { params: z.object({ id: uuidParam('Asset') }) },
  responses: { 200: json(z.object({ data: AssetJson }), 'The asset'), ...plainRefusals({ 404: 'Asset not found' }) },
})

export function getAsset({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const asset = found(await findAsset(db, c.req.valid('param').id), 'Asset')
    return c.json({ data: assetJson(asset) }, 200)
  })
}
