/** Videos: the finished film, its thumbnail, and each scene's clip. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { getClip } from './get-clip.ts'
import { getCombined } from './get-combined.ts'
import { getThumbnail } from './get-thumbnail.ts'

export function videoRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  for (const mount of [getCombined, getThumbnail, getClip]) mount(router, deps)
  return router
}
