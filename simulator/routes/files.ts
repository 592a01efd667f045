/** The files API, and the outputs that predictions point to. */

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import type { Env, Simulation } from '../context.ts'
import { notFound, Problem } from '../problems.ts'
import type { Upload } from '../uploads.ts'

const MAX_UPLOAD_BYTES = 100 * 1024 * 1024
const TYPES: Record<string, string> = { mp4: 'video/mp4', mp3: 'audio/mpeg', wav: 'audio/wav' }

export function uploadRoutes({ uploads, ownUrl }: Simulation): Hono<Env> {
  const routes = new Hono<Env>()
  const show = ({ sha256, ...upload }: Upload) => ({
    ...upload,
    etag: sha256,
    checksums: { sha256 },
    urls: { get: `${ownUrl}/v1/files/${upload.id}` },
  })
  const find = (id: string): Upload => {
    const upload = uploads.get(id)
    if (!upload) throw new Problem(404, { detail: 'File not found' })
    return upload
  }

  routes.post('/files', async (c) => {
    const form = await c.req.parseBody()
    const { content } = form
    if (!(content instanceof File)) throw new Problem(400, { detail: 'Missing content' })
    if (content.size > MAX_UPLOAD_BYTES) throw new Problem(413, { detail: 'Files must be less than 100MB in size' })
    const type = typeof form.type === 'string' ? form.type : content.type || 'application/octet-stream'
    const name = typeof form.filename === 'string' ? form.filename : content.name
    const bytes = new Uint8Array(await content.arrayBuffer())
    return c.json(show(await uploads.add(name, type, bytes, await metadataOf(form.metadata))), 201)
  })
  routes.get('/files', (c) => c.json({ previous: null, next: null, results: uploads.all().map(show) }))
  routes.get('/files/:id', (c) => c.json(show(find(c.req.param('id')))))
  routes.get('/files/:id/download', async (c) => {
    const upload = find(c.req.param('id'))
    return c.body(await uploads.read(upload), 200, { 'content-type': upload.content_type })
  })
  routes.delete('/files/:id', async (c) => {
    if (!(await uploads.remove(c.req.param('id')))) throw new Problem(404, { detail: 'File not found' })
    return c.body(null, 204)
  })
  return routes
}

async function metadataOf(part: unknown): Promise<Record<string, unknown>> {
  if (part === undefined) return {}
  try {
    return JSON.parse(part instanceof File ? await part.text() : String(part)) as Record<string, unknown>
  } catch {
    throw new Problem(400, { detail: 'metadata is not valid JSON' })
  }
}

/** `GET /files/out/:name`, with one range if one is asked for, so that a broken download can be taken up. */
export function outputRoutes({ outputs }: Simulation): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/:name', async (c) => {
    const file = outputs.find(c.req.param('name'))
    if (!file) throw notFound()
    const { size } = await stat(file)
    const headers = {
      'content-type': TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
      'accept-ranges': 'bytes',
    }
    const match = /^bytes=(\d+)-(\d*)$/.exec(c.req.header('range') ?? '')
    const start = Number(match?.[1] ?? 0)
    const end = Math.min(size - 1, match?.[2] ? Number(match[2]) : size - 1)
    if (match && start > end) return c.body(null, 416, { 'content-range': `bytes */${size}` })
    const stream = Readable.toWeb(createReadStream(file, { start, end })) as ReadableStream
    return c.body(stream, match ? 206 : 200, {
      ...headers,
      'content-length': `${end - start + 1}`,
      ...(match && { 'content-range': `bytes ${start}-${end}/${size}` }),
    })
  })
  return routes
}
