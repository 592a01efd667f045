/**
 * Serves a blob: the one way in which bytes leave the API. It is ours because the library's static files have no ETag
 * and answer a request for several ranges with the whole file as 206.
 */
import type { Context } from 'hono'
import type { ByteRange } from '../storage/blob-store.ts'
import type { ApiDeps } from './deps.ts'
import { ApiError } from './errors.ts'
import type { ApiEnv } from './router.ts'

export interface ServedBlob {
  hash: string
  /** Bytes. */
  size: number
  contentType: string
  disposition: 'inline' | 'attachment'
  /** What a browser saves it as. */
  filename?: string
  /** Whether S3 may send it in our place. Not what providers fetch, from where S3 may be out of reach, nor small things. */
  isLarge?: boolean
}

/**
 * Answers 200, 206 for a single range, 304 when the caller has these bytes already. A request for several ranges, or
 * one in another unit, gets the whole; so does a range whose If-Range names other bytes (RFC 9110, 13 and 14).
 * With BLOB_REDIRECTS a GET of what is large is answered 302, to where S3 sends the same; whoever asks was let in by then.
 * @throws ApiError 416 when the range lies outside, BlobNotFound when the store lost the blob
 */
export async function serveBlob(
  c: Context<ApiEnv>,
  { blobs, config }: Pick<ApiDeps, 'blobs' | 'config'>,
  { hash, size, contentType, disposition, filename, isLarge }: ServedBlob,
): Promise<Response> {
  const etag = `"${hash}"`
  // The URL names an asset or a job, not its bytes, so they are asked for again each time; the ETag makes that cheap.
  const headers: Record<string, string> = { etag, 'cache-control': 'private, no-cache', 'accept-ranges': 'bytes' }
  if (matches(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)

  const as = { contentType, disposition: dispositionHeader(disposition, filename) }
  if (isLarge && config.blobs.redirects && blobs.linkTo && c.req.method === 'GET') {
    // The address works for everybody for a while: no cache hands it on.
    return c.body(null, 302, { location: await blobs.linkTo(hash, as), etag, 'cache-control': 'private, no-store' })
  }

  headers['content-type'] = as.contentType
  headers['content-disposition'] = as.disposition
  headers['x-content-type-options'] = 'nosniff'
  const range = askedRange(c, etag, size)
  headers['content-length'] = String(range ? range.end - range.start + 1 : size)
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`
  const status = range ? 206 : 200
  if (c.req.method === 'HEAD') return c.body(null, status, headers)

  // Answered without a body: answer-on-node.ts writes it, past the web's streams.
  if (size > 0) c.env.bytes = await blobs.open(hash, range ?? { start: 0, end: size - 1 })
  return c.body(null, status, headers)
}

/** Null when the whole is to be served. */
function askedRange(c: Context<ApiEnv>, etag: string, size: number): ByteRange | null {
  const ifRange = c.req.header('if-range')
  if (c.req.method !== 'GET' || (ifRange !== undefined && ifRange !== etag)) return null
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(c.req.header('range')?.trim() ?? '') ?? []
  if (!first && !last) return null
  const start = first ? Number(first) : Math.max(size - Number(last), 0)
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1
  if (first && last && Number(last) < Number(first)) return null
  if (start > end) {
    c.header('content-range', `bytes */${size}`)
    throw new ApiError(416, `The range lies outside of the ${size} bytes that there are`)
  }
  return { start, end }
}

/** Whether an If-None-Match holds this tag; weakness does not matter there. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}

function dispositionHeader(disposition: string, filename: string | undefined): string {
  if (!filename) return disposition
  const ascii = filename.replace(/[^\x20-\x7e]|["\\]/g, '_')
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  )
  return `${disposition}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
