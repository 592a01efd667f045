import { createRoute, z } from '@hono/zod-openapi'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { endpoint } from '../router.ts'
import { binary, dispositionFor, toKeep } from './binary.ts'
import { serveStill } from './serve-still.ts'

const params = z.object({
  job_id: jobIdParam,
  filename: z.string().openapi({ example: 'clip_3f0c1a52-6f0e-4c43-9f7e-2f6c9f1f4d11.mp4' }),
})
/** A scene's clip, or one of its takes by the attempt that made it. */
const CLIP_NAME = /^clip_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_take([1-9]\d{0,5}))?\.mp4$/i

const clipRoute = createRoute({
  method: 'get',
  path: '/videos/{job_id}/clips/{filename}',
  tags: ['Videos'],
  summary: "A scene's clip",
  request: { params, query: z.object(toKeep) },
  responses: binary('video/mp4', 'The clip', ['Unknown job or clip', { error: 'Clip not found' }], { isLarge: true }),
})
const stillRoute = createRoute({
  method: 'get',
  path: '/videos/{job_id}/clips/{filename}/thumbnail',
  tags: ['Videos'],
  summary: "A still of a scene's clip",
  request: { params },
  responses: binary('image/jpeg', 'The still', ['Unknown job or clip', { error: 'Clip not found' }]),
})

export function getClip(deps: ApiDeps) {
  return [
    endpoint(clipRoute, async (c) => {
      const { job_id, filename } = c.req.valid('param')
      const { hash, size } = await requireClip(deps, job_id, filename)
      if (!hash || size === null) throw new ApiError(404, 'Clip not found')
      return serveBlob(c, deps, {
        hash,
        size,
        contentType: 'video/mp4',
        disposition: dispositionFor(c.req.valid('query')),
        filename,
        isLarge: true,
      })
    }),
    endpoint(stillRoute, async (c) => {
      const { job_id, filename } = c.req.valid('param')
      return serveStill(c, deps, (await requireClip(deps, job_id, filename)).still)
    }),
  ] as const
}

interface Clip {
  hash: string | null
  /** Bytes. */
  size: number | null
  still: string | null
}

/** The name is matched, never joined to a path. */
async function requireClip({ db }: ApiDeps, jobId: number, filename: string): Promise<Clip> {
  const job = await requireJob(db, jobId)
  const [, sceneId, attempt] = CLIP_NAME.exec(filename) ?? []
  const scene = job.scenes.find(({ id }) => id === sceneId?.toLowerCase())
  if (!scene) throw new ApiError(404, 'Clip not found')
  if (!attempt) return { hash: scene.clipHash, size: scene.clipSize, still: scene.clipThumbnailHash }
  const place = { sceneId: scene.id, attempt: Number(attempt) }
  const { clipHash, clipSize, thumbnailHash } = found(
    await db.take.findUnique({ where: { sceneId_attempt: place } }),
    'Clip',
  )
  return { hash: clipHash, size: clipSize, still: thumbnailHash }
}
