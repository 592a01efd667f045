/** Jobs: created from a campaign's photos, approved, watched, scene by scene. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { copyJob } from './copy-job.ts'
import { createFromCampaign } from './create-from-campaign.ts'
import { createFromImagePairs } from './create-from-image-pairs.ts'
import { createFromPropertyPhotos } from './create-from-property-photos.ts'
import { decideJob } from './decide-job.ts'
import { deleteJob } from './delete-job.ts'
import { editScene } from './edit-scene.ts'
import { getJob } from './get-job.ts'
import { getScene } from './get-scene.ts'
import { getWorkflow } from './get-workflow.ts'
import { listGeneratedVideos } from './list-generated-videos.ts'
import { listJobs } from './list-jobs.ts'
import { listScenes } from './list-scenes.ts'
import { replaceStoryboard } from './replace-storyboard.ts'

export function jobRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  const routes = [createFromImagePairs, createFromPropertyPhotos, createFromCampaign, decideJob]
  const reading = [listJobs, getJob, listScenes, getScene, getWorkflow, listGeneratedVideos]
  const changing = [editScene, replaceStoryboard, copyJob, deleteJob]
  for (const mount of [...routes, ...reading, ...changing]) mount(router, deps)
  return router
}
