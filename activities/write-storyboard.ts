/** Writes the job's storyboard, by a language model or by the template, and what it will cost. */
import { ApplicationFailure } from '@temporalio/common'
import sharp from 'sharp'
import { JobSettings } from '../domain/settings.ts'
import type { StoryboardBrief, StoryboardPhoto, WrittenStoryboard } from '../domain/storyboard.ts'
import { placeWords } from '../domain/words.ts'
import { getJob, type Job, recordInvalidTypes, saveStoryboard } from '../prisma/queries/jobs.ts'
import { estimateMicroUsd } from '../providers/estimate.ts'
import { resolveVideoModel, snapDuration } from '../providers/models.ts'
import { SceneTypesInvalid } from '../providers/ports.ts'
import { FAILURES, type StoryboardWritten } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { fetchPhotos, type JobPhotos } from './fetch-photos.ts'
import { canceled } from './heartbeat.ts'
import { tellSubscribers } from './tell-subscribers.ts'
import { inTempFolder } from './temp-folder.ts'

/** Pixels on the longer side: enough for a language model to see what is in the picture. */
const LOOK_PIXELS = 1024

export const writeStoryboard =
  (deps: ActivityDeps) =>
  async ({ jobId }: { jobId: number }): Promise<StoryboardWritten> => {
    const { approvalTimeoutSeconds } = deps.config
    const job = await getJob(deps.db, jobId)
    // Its cancellation may have come when no run was there yet to hear of it.
    if (job.canceledAt) return { approvalTimeoutSeconds, canceled: true }
    // A copy has its storyboard from the start.
    if (job.storyboardVersion === 0) await write(deps, job)
    await tellSubscribers(deps, jobId)
    return { approvalTimeoutSeconds }
  }

async function write(deps: ActivityDeps, job: Job): Promise<void> {
  const { id: jobId } = job
  const settings = JobSettings.parse(job.settings)
  const chosen = { campaignId: job.campaignId, assetIds: settings.assetIds }
  const { photos, missing } = await fetchPhotos(deps, chosen, { signal: canceled() })
  if (photos.length < 2) {
    throw ApplicationFailure.nonRetryable(
      `Need at least 2 image assets to write a storyboard, found ${photos.length}${andMissing(missing)}. Add photos to the campaign and create the job again.`,
      FAILURES.storyboardImpossible,
    )
  }
  const hashes = new Map(photos.map((photo) => [photo.id, photo.blobHash ?? '']))
  const brief = await briefOf(deps, job, settings, photos.map(photoOf))
  const loadPhoto = (assetId: string) =>
    inTempFolder(deps.tempDir, async (folder) =>
      sharp(await deps.blobs.localFile(hashes.get(assetId) ?? '', folder))
        .rotate()
        .resize(LOOK_PIXELS, LOOK_PIXELS, { fit: 'inside', withoutEnlargement: true })
        .flatten({ background: 'white' })
        .jpeg({ quality: 80 })
        .toBuffer(),
    )
  const storyboard = await deps.storyboardWriter
    .write(brief, loadPhoto, { signal: canceled() })
    .catch(async (error: unknown) => {
      if (error instanceof SceneTypesInvalid) await recordInvalidTypes(deps.db, jobId, error.invalidTypes)
      throw error
    })
  const renderable = renderableScenes(storyboard, settings)
  await saveStoryboard(deps.db, jobId, renderable, estimateMicroUsd(settings, renderable.scenes), missing)
}

function andMissing([first, ...others]: JobPhotos['missing']): string {
  if (!first) return ''
  const more = others.length > 0 ? `, nor ${others.length} more` : ''
  return `; ${first.name} could not be had${more}: ${first.reason.replace(/\.$/, '')}`
}

async function briefOf(
  deps: ActivityDeps,
  job: Job,
  settings: JobSettings,
  photos: StoryboardPhoto[],
): Promise<StoryboardBrief> {
  const campaign = await deps.db.campaign.findUniqueOrThrow({ where: { id: job.campaignId } })
  const model = resolveVideoModel(settings.videoModel)
  const { brief } = campaign
  return {
    jobType: job.type as StoryboardBrief['jobType'],
    campaignName: campaign.name,
    goal: campaign.goal,
    brief: brief === null || typeof brief === 'string' ? brief : JSON.stringify(brief),
    productUrl: campaign.productUrl,
    style: settings.style,
    musicGenre: settings.musicGenre,
    sceneCount: settings.sceneCount,
    clipDuration: snapDuration(model, settings.clipDuration),
    transition: settings.transition,
    allowedDurations: [...model.durations],
    propertyTypes: settings.propertyTypes,
    photos,
  }
}

function photoOf(asset: {
  id: string
  name: string
  description: string | null
  tags: unknown
  width: number | null
  height: number | null
}): StoryboardPhoto {
  const { id, name, description, width, height } = asset
  const tags = Array.isArray(asset.tags) ? asset.tags.filter((tag): tag is string => typeof tag === 'string') : []
  return { id, name, description, tags, width, height }
}

/**
 * The storyboard with what was asked for with the job. What is approved is what is rendered, so a duration that the model
 * does not render never reaches it.
 */
function renderableScenes(storyboard: WrittenStoryboard, settings: JobSettings): WrittenStoryboard {
  const model = resolveVideoModel(settings.videoModel)
  const scenes = storyboard.scenes.map((scene) => ({
    ...scene,
    duration: snapDuration(model, scene.duration),
    transition_duration: settings.transitionDuration,
  }))
  return { ...storyboard, scenes: placeWords(scenes, settings.words) }
}
