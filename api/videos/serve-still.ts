import type { Context } from 'hono'
import { serveBlob } from '../bytes.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import type { ApiEnv } from '../router.ts'

/** Serves a thumbnail. @throws ApiError 404 when there is none */
export async function serveStill(c: Context<ApiEnv>, deps: ApiDeps, hash: string | null): Promise<Response> {
  const stored = hash && (await deps.blobs.stat(hash))
  if (!hash || !stored) throw new ApiError(404, 'Thumbnail not found')
  return serveBlob(c, deps, { hash, size: stored.size, contentType: 'image/jpeg', disposition: 'inline' })
}
