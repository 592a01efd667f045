import path from 'node:path'
import { createRoute, z } from '@hono/zod-openapi'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { endpoint } from '../router.ts'
import { binary } from './binary.ts'
import { finishedFilm, NOT_READY } from './finished-film.ts'
import { renditionOf } from './make-rendition.ts'

const route = createRoute({
  method: 'get',
  path: '/videos/{job_id}/preview',
  tags: ['Videos'],
  summary: 'An animated picture of the film: a few seconds from all over it, without sound',
  description: 'Made when it is first asked for, so the first answer takes a moment.',
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: binary('image/webp', 'The preview', ['Unknown job, or its film is not finished', { error: NOT_READY }]),
})

export function getPreview(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const job = await requireJob(deps.db, c.req.valid('param').job_id)
    const film = finishedFilm(job)
    const of = { jobId: job.id, kind: 'preview', source: film.hash } as const
    const { hash, size } = await renditionOf(deps, of, async ({ folder, keep }) => {
      const output = path.join(folder, 'preview.webp')
      await deps.media.preview({ input: await deps.blobs.localFile(film.hash, folder), output })
      await keep('preview', output)
    })
    return serveBlob(c, deps, { hash, size, contentType: 'image/webp', disposition: 'inline' })
  })
}
