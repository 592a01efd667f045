import { createHash } from 'node:crypto'
import path from 'node:path'
import { createRoute, z } from '@hono/zod-openapi'
import { JobSettings } from '../../domain/settings.ts'
import { filmTimes } from '../../domain/transitions.ts'
import type { JobWithScenes, Scene } from '../../prisma/queries/jobs.ts'
import { filmProfile } from '../../providers/film-profile.ts'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { endpoint } from '../router.ts'
import { binary } from '../videos/binary.ts'
import { renditionOf } from '../videos/make-rendition.ts'
import { requireJob } from './require-job.ts'

const NO_STORYBOARD = 'The storyboard is not written yet'

const route = createRoute({
  method: 'get',
  path: '/jobs/{job_id}/contact-sheet',
  tags: ['Jobs'],
  summary: 'The storyboard as one picture, scene by scene',
  description: 'Of scenes that are rendered it shows the clip, of others the photo that they begin with.',
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: binary('image/png', 'The contact sheet', ['Unknown job, or no storyboard yet', { error: NO_STORYBOARD }]),
})

export function getContactSheet(deps: ApiDeps) {
  const { db, blobs, media } = deps
  return endpoint(route, async (c) => {
    const job = await requireJob(db, c.req.valid('param').job_id)
    if (job.scenes.length === 0) throw new ApiError(404, NO_STORYBOARD)
    const sheet = sheetOf(job, await photosOf(deps, job.scenes))
    const source = createHash('sha256').update(JSON.stringify(sheet)).digest('hex')
    const of = { jobId: job.id, kind: 'contact_sheet', source } as const
    const { hash, size } = await renditionOf(deps, of, async ({ folder, keep }) => {
      const output = path.join(folder, 'sheet.png')
      const tiles = await Promise.all(
        sheet.tiles.map(async ({ picture, ...words }) => ({
          ...words,
          picture: picture && (await blobs.stat(picture)) ? await blobs.localFile(picture, folder) : null,
        })),
      )
      await media.contactSheet({ ...sheet, tiles, output })
      await keep('contact_sheet', output)
    })
    return serveBlob(c, deps, { hash, size, contentType: 'image/png', disposition: 'inline' })
  })
}

/** Hashes of small pictures of the photos that the scenes begin with, by asset. */
async function photosOf({ db }: ApiDeps, scenes: Scene[]): Promise<Map<string, string | null>> {
  const photos = await db.asset.findMany({
    where: { id: { in: scenes.flatMap(({ firstAssetId }) => firstAssetId ?? []) } },
    select: { id: true, blobHash: true, thumbnailHash: true },
  })
  return new Map(photos.map(({ id, blobHash, thumbnailHash }) => [id, thumbnailHash ?? blobHash]))
}

function sheetOf({ videoName, settings, scenes }: JobWithScenes, photos: Map<string, string | null>) {
  const profile = filmProfile(JobSettings.parse(settings))
  const times = filmTimes(scenes, profile.fps)
  const count = scenes.length === 1 ? '1 scene' : `${scenes.length} scenes`
  return {
    title: videoName,
    subtitle: `${count}, ${clock(times.duration)}`,
    aspect: profile.width / profile.height,
    tiles: scenes.map((scene, index) => {
      const { start = 0, end = 0 } = times.scenes[index] ?? {}
      const into = index < scenes.length - 1 ? `, then ${scene.transition.replaceAll('_', ' ')}` : ''
      const words = [scene.cameraMovement, scene.caption].filter(Boolean).join('; ')
      return {
        picture: scene.clipThumbnailHash ?? photos.get(scene.firstAssetId ?? '') ?? null,
        heading: `${index + 1}  ${scene.title ?? ''}`.trim(),
        text: `${clock(start)} to ${clock(end)}${into}${words && `. ${words}`}`,
      }
    }),
  }
}

/** As in 1:04.5. */
function clock(seconds: number): string {
  const tenths = Math.round(seconds * 10)
  const rest = ((tenths % 600) / 10).toFixed(tenths % 10 === 0 ? 0 : 1)
  return `${Math.floor(tenths / 600)}:${rest.padStart(tenths % 10 === 0 ? 2 : 4, '0')}`
}
