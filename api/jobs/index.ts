/** Jobs: created from a campaign's photos, approved, watched, scene by scene. */
import type { ApiDeps } from '../deps.ts'
import { chooseTake } from './choose-take.ts'
import { copyJob } from './copy-job.ts'
import { createFromCampaign } from './create-from-campaign.ts'
import { createFromImagePairs } from './create-from-image-pairs.ts'
import { createFromPropertyPhotos } from './create-from-property-photos.ts'
import { decideJob } from './decide-job.ts'
import { deleteJob } from './delete-job.ts'
import { editScene } from './edit-scene.ts'
import { finalizeJob } from './finalize-job.ts'
import { getContactSheet } from './get-contact-sheet.ts'
import { getJob } from './get-job.ts'
import { getScene } from './get-scene.ts'
import { getWorkflow } from './get-workflow.ts'
import { getWriting } from './get-writing.ts'
import { listGeneratedVideos } from './list-generated-videos.ts'
import { listJobs } from './list-jobs.ts'
import { listScenes } from './list-scenes.ts'
import { regenerateScene } from './regenerate-scene.ts'
import { replaceStoryboard } from './replace-storyboard.ts'
import { retryJob } from './retry-job.ts'

export function jobRoutes(deps: ApiDeps) {
  return [
    createFromImagePairs(deps),
    createFromPropertyPhotos(deps),
    createFromCampaign(deps),
    ...decideJob(deps),
    listJobs(deps),
    getJob(deps),
    listScenes(deps),
    getScene(deps),
    getWorkflow(deps),
    getWriting(deps),
    getContactSheet(deps),
    listGeneratedVideos(deps),
    ...editScene(deps),
    replaceStoryboard(deps),
    retryJob(deps),
    finalizeJob(deps),
    regenerateScene(deps),
    chooseTake(deps),
    copyJob(deps),
    deleteJob(deps),
  ] as const
}
