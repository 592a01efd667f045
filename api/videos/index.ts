/** Videos: the finished film, its thumbnail, its other forms, and each scene's clip. */
import type { ApiDeps } from '../deps.ts'
import { getCaptions } from './get-captions.ts'
import { getClip } from './get-clip.ts'
import { getCombined } from './get-combined.ts'
import { getHls } from './get-hls.ts'
import { getPreview } from './get-preview.ts'
import { getThumbnail } from './get-thumbnail.ts'

export function videoRoutes(deps: ApiDeps) {
  return [
    getCombined(deps),
    getThumbnail(deps),
    getPreview(deps),
    getCaptions(deps),
    ...getHls(deps),
    ...getClip(deps),
  ] as const
}
