/** Creates a job and waits for its storyboard: what the three creation routes have in common. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobType } from '../../domain/job.ts'
import type { JobSettings } from '../../domain/settings.ts'
import type { Prisma } from '../../prisma/client.ts'
import { type Campaign, findCampaign } from '../../prisma/queries/campaigns.ts'
import { createJob, getJob, type JobWithScenes, storyboardFailure } from '../../prisma/queries/jobs.ts'
import { estimateMicroUsd } from '../../providers/estimate.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'

/** Looks at the row, not at the workflow: it is there whoever wrote it, whenever. */
const LOOK_EVERY_MS = 50

/** How many images with bytes a campaign has, and of all assets how many. */
export async function countAssets({ db }: ApiDeps, campaignId: string): Promise<{ images: number; total: number }> {
  const [images, total] = await Promise.all([
    db.asset.count({ where: { campaignId, type: 'image', blobHash: { not: null } } }),
    db.asset.count({ where: { campaignId } }),
  ])
  return { images, total }
}

/**
 * For the routes that name the campaign in the body.
 * @throws ApiError 400 or 404 with the contract's sentences
 */
export async function requireCampaignWithImages(
  deps: ApiDeps,
  campaignId: string | null | undefined,
): Promise<{ campaign: Campaign; images: number; total: number }> {
  if (!campaignId) throw new ApiError(400, 'campaign_id is required')
  const campaign = await findCampaign(deps.db, campaignId.toLowerCase())
  if (!campaign) throw new ApiError(404, 'Campaign not found')
  const { images, total } = await countAssets(deps, campaign.id)
  if (total === 0) throw new ApiError(400, 'Campaign has no assets')
  if (images < 2) {
    throw new ApiError(400, `Need at least 2 image assets to start the pipeline, found ${images}`)
  }
  return { campaign, images, total }
}

/**
 * Inserts the row, starts the workflow, and waits for the storyboard, at most STORYBOARD_TIMEOUT. When Temporal can't
 * be reached the job exists all the same, and the sweep starts its workflow.
 */
export async function startJob(
  { config, db, workflows, log }: ApiDeps,
  draft: { type: JobType; campaign: Campaign; parameters: Record<string, unknown>; settings: JobSettings },
  signal: AbortSignal,
): Promise<JobWithScenes> {
  const { campaign, settings, type, parameters } = draft
  const expected = Array.from({ length: settings.sceneCount }, () => ({ duration: settings.clipDuration }))
  const { id } = await createJob(db, {
    type,
    campaignId: campaign.id,
    clientId: campaign.clientId,
    parameters: parameters as Prisma.InputJsonObject,
    settings,
    estimateMicroUsd: estimateMicroUsd(settings, expected),
  })
  try {
    await workflows.start(id)
  } catch (error) {
    log.error({ err: error, jobId: id }, 'the workflow could not be started; the sweep will start it')
    return getJob(db, id)
  }
  const deadline = Date.now() + config.storyboardTimeoutSeconds * 1000
  let job = await getJob(db, id)
  while (job.storyboardVersion === 0 && job.status === 'pending' && Date.now() < deadline && !signal.aborted) {
    await sleep(LOOK_EVERY_MS)
    job = await getJob(db, id)
  }
  return job
}

/** @throws ApiError when the storyboard could not be written, in the words of the contract */
export async function assertStoryboard({ db }: ApiDeps, job: JobWithScenes): Promise<void> {
  if (job.status !== 'failed' || job.storyboardVersion > 0) return
  const invalidTypes = await storyboardFailure(db, job.id)
  if (invalidTypes) {
    throw new ApiError(400, 'Scene types do not match allowed property types', {
      extra: { invalid_types: invalidTypes, job_id: job.id },
    })
  }
  throw new ApiError(500, 'Failed to generate scenes', { extra: { job_id: job.id, reason: job.error } })
}
