/** Jobs: created from a campaign's photos, approved, watched, scene by scene. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { createFromCampaign } from './create-from-campaign.ts'
import { createFromImagePairs } from './create-from-image-pairs.ts'
import { createFromPropertyPhotos } from './create-from-property-photos.ts'
import { decideJob } from './decide-job.ts'
import { getJob } from './get-job.ts'
import { getScene } from './get-scene.ts'
import { listScenes } from './list-scenes.ts'

export function jobRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  const routes = [createFromImagePairs, createFromPropertyPhotos, createFromCampaign, decideJob]
  for (const mount of [...routes, getJob, listScenes, getScene]) mount(router, deps)
  return router
}
