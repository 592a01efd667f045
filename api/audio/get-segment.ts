import { createRoute, z } from '@hono/zod-openapi'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { endpoint } from '../router.ts'
import { binary } from '../videos/binary.ts'

const route = createRoute({
  method: 'get',
  path: '/audio/segments/{token}',
  tags: ['Audio'],
  summary: 'The end of a music segment, for the provider to continue from; the token is the key to it',
  security: [],
  request: { params: z.object({ token: z.string() }) },
  responses: binary('audio/wav', 'The segment', 'Segment not found or expired'),
})

export function getSegment(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { token } = c.req.valid('param')
    const segment = await deps.db.audioSegment.findUnique({ where: { token } })
    const stored = segment?.tailHash && segment.expiresAt > new Date() ? await deps.blobs.stat(segment.tailHash) : null
    if (!segment?.tailHash || !stored) throw new ApiError(404, 'Segment not found or expired')
    return serveBlob(c, deps, {
      hash: segment.tailHash,
      size: stored.size,
      contentType: 'audio/wav',
      disposition: 'inline',
    })
  })
}
