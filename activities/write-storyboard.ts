/** Writes the job's storyboard, by a language model or by the template, and what it will cost. */
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import sharp from 'sharp'
import { fitDurations } from '../domain/fit-durations.ts'
import { JobSettings } from '../domain/settings.ts'
import type { StoryboardBrief, StoryboardPhoto, WritingExchange, WrittenStoryboard } from '../domain/storyboard.ts'
import { placeWords } from '../domain/words.ts'
import { getJob, type Job, recordInvalidTypes, saveStoryboard } from '../prisma/queries/jobs.ts'
import { keepExchanges } from '../prisma/queries/storyboard-exchanges.ts'
import { sceneEstimateMicroUsd } from '../providers/estimate.ts'
import { resolveVideoModel, snapDuration } from '../providers/models.ts'
import { notePhotos } from '../providers/plan/note-photos.ts'
import { prepareBrief } from '../providers/plan/prepare-brief.ts'
import { SceneTypesInvalid } from '../providers/ports.ts'
import { FAILURES, type StoryboardWritten } from '../workflows/contract.ts'
import { brandOf } from './brand-of.ts'
import type { ActivityDeps } from './deps.ts'
import { fetchPhotos, type JobPhotos } from './fetch-photos.ts'
import { canceled } from './heartbeat.ts'
import { lookAtPhotos } from './look-at-photos.ts'
import { tellSubscribers } from './tell-subscribers.ts'
import { inTempFolder } from './temp-folder.ts'

/** Pixels on the longer side: enough for a language model to see what is in the picture. */
const LOOK_PIXELS = 1024
/** Somebody waits for the storyboard: after this, one by the template is better than none. */
const PATIENCE_MS = 10 * 60_000

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
  const found = await fetchPhotos(deps, chosen, { signal: canceled() })
  const { photos, missing } = settings.assetIds ? found : await withoutLogo(deps, job, found)
  if (photos.length < 2) {
    throw ApplicationFailure.nonRetryable(
      `Need at least 2 image assets to write a storyboard, found ${photos.length}${andMissing(missing)}. Add photos to the campaign and create the job again.`,
      FAILURES.storyboardImpossible,
    )
  }
  const hashes = new Map(photos.map((photo) => [photo.id, photo.blobHash ?? '']))
  const looks = await lookAtPhotos(deps, photos, { signal: canceled() })
  const whole = await briefOf(
    deps,
    job,
    settings,
    photos.map((photo) => ({ ...photoOf(photo), look: looks.get(photo.id) })),
  )
  const { brief, leftOut } = prepareBrief(whole)
  const loadPhoto = (assetId: string) =>
    inTempFolder(deps.tempDir, async (folder) => lookAt(await deps.blobs.localFile(hashes.get(assetId) ?? '', folder)))
  const exchanges: WritingExchange[] = []
  const record = (exchange: WritingExchange) => void exchanges.push(exchange)
  const storyboard = await deps.storyboardWriter
    .write(brief, loadPhoto, { signal: canceled(), record, isLate: isLate() })
    .catch(async (error: unknown) => {
      if (error instanceof SceneTypesInvalid) await recordInvalidTypes(deps.db, jobId, error.invalidTypes)
      throw error
    })
    .finally(() => keepExchanges(deps.db, jobId, exchanges))
  if (storyboard.note) deps.log.warn({ jobId }, 'the template wrote a storyboard, for the reason in its note')
  const renderable = renderableScenes(storyboard, settings)
  const notes = notePhotos(whole.photos, renderable.scenes, {
    types: storyboard.photos,
    leftOut: [...missing, ...leftOut],
    film: settings.aspectRatio,
  })
  const estimates = renderable.scenes.map((scene) => sceneEstimateMicroUsd(settings, scene))
  await saveStoryboard(deps.db, jobId, renderable, estimates, notes)
}

/** Of photos that nobody named: a film shows its brand's logo on scenes, not as one, unless there is little else. */
async function withoutLogo(deps: ActivityDeps, job: Job, found: JobPhotos): Promise<JobPhotos> {
  const { logoAssetId } = await brandOf(deps, job)
  const logo = found.photos.find(({ id }) => id === logoAssetId)
  const photos = found.photos.filter((photo) => photo !== logo)
  if (!logo || photos.length < 2) return found
  const reason = 'It is the logo, which the brand guidelines name.'
  return { photos, missing: [...found.missing, { id: logo.id, name: logo.name, reason }] }
}

/** A small copy of a photo; null when the file breaks off so early that nothing is to be seen. */
function lookAt(file: string): Promise<Buffer | null> {
  return sharp(file, { failOn: 'none' })
    .rotate()
    .resize(LOOK_PIXELS, LOOK_PIXELS, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' })
    .jpeg({ quality: 80 })
    .toBuffer()
    .catch(() => null)
}

/** Counted from the first of this step's tries. */
function isLate(): boolean {
  return Date.now() - Context.current().info.scheduledTimestampMs > PATIENCE_MS
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
  const campaign = await deps.db.campaign.findUniqueOrThrow({
    where: { id: job.campaignId },
    include: { client: { select: { brandGuidelines: true } } },
  })
  const model = resolveVideoModel(settings.videoModel)
  const { brief } = campaign
  return {
    jobType: job.type as StoryboardBrief['jobType'],
    campaignName: campaign.name,
    goal: campaign.goal,
    brief: asText(brief),
    productUrl: campaign.productUrl,
    brandGuidelines: asText(campaign.client.brandGuidelines),
    style: settings.style,
    musicGenre: settings.musicGenre,
    durationSeconds: settings.durationSeconds ?? null,
    sceneCount: settings.sceneCount,
    clipDuration: snapDuration(model, settings.clipDuration),
    transition: settings.transition,
    allowedDurations: [...model.durations],
    propertyTypes: settings.propertyTypes,
    photos,
    aspectRatio: settings.aspectRatio,
    hasOwnOrder: settings.assetIds !== undefined,
    scenesFollowPhotos: settings.scenesFollowPhotos,
    firstPhotoOnly: !model.lastFrame,
  }
}

/** What may be free text or anything else. */
const asText = (value: unknown) => (value === null || typeof value === 'string' ? value : JSON.stringify(value))

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
 * does not render never reaches it, and the film is as long as was asked for, as nearly as the model can.
 */
function renderableScenes(storyboard: WrittenStoryboard, settings: JobSettings): WrittenStoryboard {
  const model = resolveVideoModel(settings.videoModel)
  const snapped = storyboard.scenes.map(({ duration }) => snapDuration(model, duration))
  const total = settings.durationSeconds
  const durations = total ? fitDurations(snapped, model.durations, total) : snapped
  const scenes = storyboard.scenes.map((scene, index) => ({
    ...scene,
    duration: durations[index] ?? settings.clipDuration,
    transition_duration: settings.transitionDuration,
  }))
  return { ...storyboard, scenes: placeWords(scenes, settings.words) }
}
