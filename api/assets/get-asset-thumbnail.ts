import { createRoute, z } from '@hono/zod-openapi'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { uuidParam } from '../fields.ts'
import { bytes, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { withBytes } from './with-bytes.ts'

const route = createRoute({
  method: 'get',
  path: '/assets/{id}/thumbnail',
  tags: ['Assets'],
  summary: 'A small JPEG of an image or a video; of audio, its waveform',
  security: [],
  request: { params: z.object({ id: uuidParam('Asset') }) },
  responses: {
    ...bytes('image/jpeg', 'The thumbnail'),
    ...plainRefusals({
      404: ['Unknown asset, or one without a picture', { error: 'Thumbnail not found' }],
      502: [
        'Only a source_url is left, and it gives nothing usable',
        { error: "The asset's source_url gives no usable bytes", reason: 'The server answered 404.' },
      ],
    }),
  },
})

export function getAssetThumbnail(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { thumbnailHash } = await withBytes(deps, c.req.valid('param').id)
    if (!thumbnailHash) throw new ApiError(404, 'Thumbnail not found')
    const { size } = found(await deps.blobs.stat(thumbnailHash), 'Thumbnail')
    return serveBlob(c, deps, { hash: thumbnailHash, size, contentType: 'image/jpeg', disposition: 'inline' })
  })
}
