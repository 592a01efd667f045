/** Limits the size, depth and grain of a body that is held in memory, and takes an empty one for none. */
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Config } from '../config.ts'
import { ApiError, tooLarge } from './errors.ts'
import { shapeOf } from './json-shape.ts'
import type { ApiEnv } from './router.ts'

const MAX_BYTES = 2 * 1024 * 1024
/** An asset may come as base64; a larger file is sent as multipart, which is not held in memory. */
const MAX_ASSET_BYTES = 96 * 1024 * 1024
/** Deeper than anybody writes by hand, and shallow enough for every recursion that it goes through. */
const MAX_DEPTH = 64

export function limitJsonBody({ http }: Pick<Config, 'http'>): MiddlewareHandler<ApiEnv> {
  const limit = limitTo(MAX_BYTES)
  const limitAsset = limitTo(Math.min(MAX_ASSET_BYTES, Math.ceil((http.maxUploadBytes * 4) / 3) + MAX_BYTES))
  return (c, next) => {
    // These have none, and asking for it would make a whole Request of what is only a view of Node's.
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const type = c.req.header('content-type') ?? ''
    // A form's files are streamed to disk, with a limit of their own (MAX_UPLOAD_BYTES).
    if (/^multipart\/form-data\b/i.test(type) && c.req.path.startsWith('/api/v3/assets')) return next()
    const withinLimit = c.req.path.startsWith('/api/v3/assets') ? limitAsset : limit
    return withinLimit(c, async () => {
      if (/^application\/([\w.-]+\+)?json\b/i.test(type)) {
        const text = await c.req.text()
        refuseUnwieldy(text)
        // Callers that set the content type everywhere send empty bodies to routes that need none.
        if (text.trim() === '') c.req.raw.headers.delete('content-type')
      }
      return next()
    })
  }
}

/** Parsing 96 MB of base64 takes as much again; of small objects it would take gigabytes. */
export function refuseUnwieldy(json: string): void {
  const { depth, beside } = shapeOf(json, { depth: MAX_DEPTH, beside: MAX_BYTES })
  if (depth > MAX_DEPTH) throw new ApiError(400, `The body is nested more than ${MAX_DEPTH} levels deep`)
  if (beside > MAX_BYTES) throw new ApiError(413, `The body has more than ${MAX_BYTES} bytes beside its texts`)
}

function limitTo(maxSize: number): MiddlewareHandler<ApiEnv> {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw tooLarge(maxSize)
    },
  })
}
