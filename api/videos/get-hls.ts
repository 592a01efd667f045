/** The film for HTTP Live Streaming: a playlist, and one file of all segments, of which players ask for ranges. */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createRoute, z } from '@hono/zod-openapi'
import { findRendition } from '../../prisma/queries/renditions.ts'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { endpoint } from '../router.ts'
import { binary } from './binary.ts'
import { finishedFilm, NOT_READY } from './finished-film.ts'
import { renditionOf, type Work } from './make-rendition.ts'

const PLAYLIST = 'application/vnd.apple.mpegurl'
const SEGMENTS_NAME = /^([0-9a-f]{64})\.mp4$/

const playlistRoute = createRoute({
  method: 'get',
  path: '/videos/{job_id}/hls/playlist.m3u8',
  tags: ['Videos'],
  summary: 'The film for HTTP Live Streaming',
  description: 'Made when it is first asked for; picture and sound are those of the film.',
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: binary(PLAYLIST, 'The playlist', ['Unknown job, or its film is not finished', { error: NOT_READY }]),
})
const segmentsRoute = createRoute({
  method: 'get',
  path: '/videos/{job_id}/hls/{filename}',
  tags: ['Videos'],
  summary: 'The segments that the playlist names',
  request: {
    params: z.object({ job_id: jobIdParam, filename: z.string().openapi({ example: `${'5e884898'.repeat(8)}.mp4` }) }),
  },
  responses: binary(
    'video/mp4',
    'All segments, one after the other',
    ['Unknown job, or its playlist names other segments by now', { error: 'Segments not found' }],
    { isLarge: true },
  ),
})

export function getHls(deps: ApiDeps) {
  const { db, blobs } = deps
  return [
    endpoint(playlistRoute, async (c) => {
      const job = await requireJob(db, c.req.valid('param').job_id)
      const film = finishedFilm(job)
      const of = { jobId: job.id, kind: 'hls', source: film.hash } as const
      const make = async ({ folder, keep }: Work) => {
        const [playlist, segments] = [path.join(folder, 'film.m3u8'), path.join(folder, 'film.mp4')]
        await deps.media.hls({ input: await blobs.localFile(film.hash, folder), playlist, segments })
        // Named by its hash, so that a player never gets ranges of another film than its playlist is of.
        const text = await readFile(playlist, 'utf8')
        const name = `${await keep('hls_segments', segments)}.mp4`
        await writeFile(playlist, text.replaceAll(path.basename(segments), name))
        await keep('hls', playlist)
      }
      const { hash, size } = await renditionOf(deps, of, make, ['hls_segments'])
      return serveBlob(c, deps, { hash, size, contentType: PLAYLIST, disposition: 'inline' })
    }),
    endpoint(segmentsRoute, async (c) => {
      const { job_id, filename } = c.req.valid('param')
      const job = await requireJob(db, job_id)
      const asked = SEGMENTS_NAME.exec(filename)?.[1]
      const segments = job.videoHash && (await findRendition(db, job.id, 'hls_segments', job.videoHash))
      if (!segments || segments.hash !== asked) throw new ApiError(404, 'Segments not found')
      const { hash, size } = segments
      return serveBlob(c, deps, { hash, size, contentType: 'video/mp4', disposition: 'inline', isLarge: true })
    }),
  ] as const
}
