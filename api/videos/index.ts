/** Videos: the finished film, its thumbnail, and each scene's clip. */
import type { ApiDeps } from '../deps.ts'
import { getClip } from './get-clip.ts'
import { getCombined } from './get-combined.ts'
import { getThumbnail } from './get-thumbnail.ts'

export function videoRoutes(deps: ApiDeps) {
  return [getCombined(deps), getThumbnail(deps), ...getClip(deps)] as const
}
