import { createRoute, z } from '@hono/zod-openapi'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { uuidParam } from '../fields.ts'
import { keepWhileUnchanged } from '../read-cache.ts'
import { bytes, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { withBytes } from './with-bytes.ts'

const route = createRoute({
  method: 'get',
  path: '/assets/{id}/data',
  tags: ['Assets'],
  summary: "An asset's bytes; the query is ignored",
  security: [],
  request: { params: z.object({ id: uuidParam('Asset') }) },
  responses: {
    ...bytes('*/*', 'The bytes'),
    ...plainRefusals({
      404: 'Asset not found',
      502: [
        'Only a source_url is left, and it gives nothing usable',
        { error: "The asset's source_url gives no usable bytes", reason: 'The server answered 404.' },
      ],
    }),
  },
})

export function getAssetData(deps: ApiDeps) {
  const stored = keepWhileUnchanged(deps.changes, (id: string) => withBytes(deps, id))
  return endpoint(route, async (c) => {
    const asset = await stored(c.req.valid('param').id)
    return serveBlob(c, deps, {
      hash: asset.blobHash,
      size: asset.size,
      contentType: asset.contentType,
      disposition: 'inline',
      filename: `${asset.name.replace(/\.\w{1,5}$/, '')}.${asset.format}`,
    })
  })
}
