/** Limits the size of a JSON body, which is held in memory, and takes an empty one for none. */
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { tooLarge } from './errors.ts'
import type { ApiEnv } from './router.ts'

const MAX_BYTES = 2 * 1024 * 1024
/** An asset may come as base64; a larger file is sent as multipart, which is not held in memory. */
const MAX_ASSET_BYTES = 96 * 1024 * 1024

const limit = limitTo(MAX_BYTES)
const limitAsset = limitTo(MAX_ASSET_BYTES)

export const limitJsonBody: MiddlewareHandler<ApiEnv> = (c, next) => {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(c.req.header('content-type') ?? '')) return next()
  const withinLimit = c.req.path.startsWith('/api/v3/assets') ? limitAsset : limit
  return withinLimit(c, async () => {
    // Callers that set the content type everywhere send empty bodies to routes that need none.
    if ((await c.req.text()).trim() === '') c.req.raw.headers.delete('content-type')
    await next()
  })
}

function limitTo(maxSize: number): MiddlewareHandler<ApiEnv> {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw tooLarge(maxSize)
    },
  })
}
