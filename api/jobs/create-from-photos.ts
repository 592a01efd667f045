/** What the two routes that make a job of a campaign's photographs have in common. */
import type { z } from '@hono/zod-openapi'
import { listJobPhotos } from '../../prisma/queries/job-photos.ts'
import { callbackUrlField, readCallbackUrl } from '../callback-url.ts'
import type { ApiDeps } from '../deps.ts'
import { reference, text } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { json, plainRefusals, type Refusal } from '../responses.ts'
import { chosenPhotosField, requireChosenPhotos } from './chosen-photos.ts'
import { clipDurationField, parametersField, resolveSettings } from './job-request.ts'
import { NewJobJson, newJobJson } from './new-job-json.ts'
import { assertStoryboard, requireCampaignWithImages, startJob } from './start-job.ts'

/** The fields that both take. */
export const photosJobFields = {
  campaign_id: reference,
  client_id: reference,
  asset_ids: chosenPhotosField,
  clip_duration: clipDurationField(5),
  video_model: text,
  model: text,
  parameters: parametersField,
  callback_url: callbackUrlField,
}
export type PhotosJobFields = z.infer<z.ZodObject<typeof photosJobFields>>

/** @param badRequest what a 400 means */
export const photosJobAnswers = (badRequest: Refusal) => ({
  201: json(NewJobJson, 'The new job, waiting for approval'),
  ...plainRefusals({
    400: badRequest,
    404: 'Campaign not found',
    422: [
      'A field is wrong, or more than the limits allow',
      { error: 'Validation failed', details: { clip_duration: ['must be a number of seconds'] } },
    ],
    500: [
      'The storyboard could not be written',
      { error: 'Failed to generate scenes', job_id: EXAMPLES.job, reason: 'The language model refused.' },
    ],
  }),
})

/** In what the two differ. */
export interface PhotosJobKind {
  type: 'image_pairs' | 'property_photos'
  /** @param images how many there are to show */
  sceneCount: (images: number) => number
  propertyTypes: string[] | null
  /** How many were asked for. */
  pairs?: number
  /** What else of the request is echoed. */
  echo: { num_pairs: number } | { property_types: string[] }
}

/** @throws ApiError as the contract has it for both routes */
export async function createFromPhotos(
  deps: ApiDeps,
  asked: PhotosJobFields,
  { type, sceneCount, propertyTypes, pairs, echo }: PhotosJobKind,
  signal: AbortSignal,
): Promise<z.infer<typeof NewJobJson>> {
  const { asset_ids, clip_duration, parameters } = asked
  const callbackUrl = readCallbackUrl(deps.config, asked.callback_url)
  const { campaign, images, total } = await requireCampaignWithImages(deps, asked)
  await requireChosenPhotos(deps.db, campaign.id, asset_ids, pairs)
  const settings = resolveSettings(deps.config, {
    model: asked.video_model || asked.model,
    sceneCount: sceneCount(asset_ids?.length ?? images),
    scenesFollowPhotos: pairs === undefined,
    assetIds: asset_ids,
    clipDuration: clip_duration,
    propertyTypes,
    parameters,
  })
  const job = await startJob(deps, { type, campaign, parameters, settings, callbackUrl }, signal)
  await assertStoryboard(deps, job)
  return newJobJson(job, await listJobPhotos(deps.db, job.id), {
    clip_duration,
    ...echo,
    asset_ids,
    total_assets: total,
  })
}
