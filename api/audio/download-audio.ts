import { createRoute, z } from '@hono/zod-openapi'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { endpoint } from '../router.ts'
import { binary } from '../videos/binary.ts'

const route = createRoute({
  method: 'get',
  path: '/audio/{job_id}/download',
  tags: ['Audio'],
  summary: "A job's music as MP3",
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: binary(
    'audio/mpeg',
    'The music',
    ['Unknown job, or it has no music', { error: 'Audio not ready or not generated' }],
    { isLarge: true },
  ),
})

export function downloadAudio(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { id, audioHash, audioSize } = await requireJob(deps.db, c.req.valid('param').job_id)
    if (!audioHash || audioSize === null) throw new ApiError(404, 'Audio not ready or not generated')
    return serveBlob(c, deps, {
      hash: audioHash,
      size: audioSize,
      contentType: 'audio/mpeg',
      disposition: 'attachment',
      filename: `audio_${id}.mp3`,
      isLarge: true,
    })
  })
}
