/** Creates a job and waits for its storyboard: what the three creation routes have in common. */
import { setTimeout as sleep } from 'node:timers/promises'
import { fitDurations } from '../../domain/fit-durations.ts'
import type { JobType } from '../../domain/job.ts'
import type { JobSettings } from '../../domain/settings.ts'
import type { Prisma } from '../../prisma/client.ts'
import { countCampaignImages } from '../../prisma/queries/assets.ts'
import { type Campaign, findCampaign } from '../../prisma/queries/campaigns.ts'
import {
  CampaignGone,
  createJob,
  getJob,
  type JobWithScenes,
  storyboardFailure,
  TooManyOpenJobs,
} from '../../prisma/queries/jobs.ts'
import { estimateMicroUsd } from '../../providers/estimate.ts'
import { resolveVideoModel } from '../../providers/models.ts'
import { budgetCents } from '../budgets/budget-field.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { currentRequest } from '../idempotency/current-request.ts'
import { budgetAsked } from './job-request.ts'
import { requireOwnMusic } from './own-music.ts'

/** Looks at the row, not at the workflow: it is there whoever wrote it, whenever. */
const LOOK_EVERY_MS = 50
/** When it is worth asking again whether another job may be made. */
const JOB_ENDS_IN_SECONDS = 60

/** How many images a campaign has that a film can show, and of all assets how many. */
export async function countAssets({ db }: ApiDeps, campaignId: string): Promise<{ images: number; total: number }> {
  const [images, total] = await Promise.all([
    countCampaignImages(db, campaignId),
    db.asset.count({ where: { campaignId } }),
  ])
  return { images, total }
}

/**
 * For the routes that name the campaign in the body, and may name its client.
 * @throws ApiError 400 or 404 with the contract's sentences, 422 when the client is another than the campaign's
 */
export async function requireCampaignWithImages(
  deps: ApiDeps,
  { campaign_id: campaignId, client_id: clientId }: { campaign_id?: string | null; client_id?: string | null },
): Promise<{ campaign: Campaign; images: number; total: number }> {
  if (!campaignId) throw new ApiError(400, 'campaign_id is required')
  const campaign = await findCampaign(deps.db, campaignId)
  if (!campaign) throw new ApiError(404, 'Campaign not found')
  if (clientId && clientId !== campaign.clientId) {
    throw new ApiError(422, 'Validation failed', { details: { client_id: ["is not the campaign's client"] } })
  }
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
 * @throws ApiError 422 when the job's own music can't be used
 */
export async function startJob(
  deps: ApiDeps,
  draft: {
    type: JobType
    campaign: Campaign
    parameters: Record<string, unknown>
    settings: JobSettings
    callbackUrl?: string | null
  },
  signal: AbortSignal,
): Promise<JobWithScenes> {
  const { config, db } = deps
  const { campaign, settings, type, parameters, callbackUrl } = draft
  const owner = { clientId: campaign.clientId, campaignId: campaign.id }
  if (settings.music.assetId) await requireOwnMusic(db, settings.music.assetId, owner)
  const request = currentRequest()
  const fresh = {
    type,
    ...owner,
    parameters: parameters as Prisma.InputJsonObject,
    settings,
    callbackUrl,
    estimateMicroUsd: estimateMicroUsd(settings, expectedScenes(settings)),
    budgetCents: budgetCents(budgetAsked(parameters)),
  }
  // A request that is sent again after its server died goes on with the job that it had created.
  const id = request?.jobId ?? (await createJob(db, fresh, request?.requestId, config.maxOpenJobs).catch(refuseJob)).id
  if (!(await startWorkflow(deps, id))) return getJob(db, id)
  const deadline = Date.now() + config.storyboardTimeoutSeconds * 1000
  let job = await getJob(db, id)
  while (job.storyboardVersion === 0 && job.status === 'pending' && Date.now() < deadline && !signal.aborted) {
    await sleep(LOOK_EVERY_MS)
    job = await getJob(db, id)
  }
  return job
}

/** The scenes as they will be when their writer has no other wishes. */
function expectedScenes({ sceneCount, clipDuration, durationSeconds, videoModel }: JobSettings) {
  const durations = Array.from({ length: sceneCount }, () => clipDuration)
  const { durations: allowed } = resolveVideoModel(videoModel)
  const fitted = durationSeconds ? fitDurations(durations, allowed, durationSeconds) : durations
  return fitted.map((duration) => ({ duration }))
}

/** @returns false when Temporal could not be reached: the sweep then starts it */
export async function startWorkflow({ workflows, log }: ApiDeps, jobId: number): Promise<boolean> {
  try {
    await workflows.start(jobId)
    return true
  } catch (error) {
    log.error({ err: error, jobId }, 'the workflow could not be started; the sweep will start it')
    return false
  }
}

/** @throws ApiError 404 when the campaign was deleted a moment ago, 429 when its client has as many jobs as it may */
export function refuseJob(error: unknown): never {
  if (error instanceof TooManyOpenJobs)
    throw new ApiError(429, error.message, { retryAfterSeconds: JOB_ENDS_IN_SECONDS })
  if (error instanceof CampaignGone) throw new ApiError(404, 'Campaign not found')
  throw error
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
