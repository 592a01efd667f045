import { createRoute, z } from '@hono/zod-openapi'
import { findCampaign } from '../../prisma/queries/campaigns.ts'
import { callbackUrlField, readCallbackUrl } from '../callback-url.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { body, jsonBody, numeric, text, uuidParam } from '../fields.ts'
import { campaignId, jobId } from '../ids.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { chosenPhotosField, requireChosenPhotos } from './chosen-photos.ts'
import { JobJson } from './job-json.ts'
import { optionalClipDurationField, parametersField, resolveSettings, sceneCountField } from './job-request.ts'
import { countAssets, startJob } from './start-job.ts'

const DEFAULT_SCENES = 4
/** Seconds. */
const DEFAULT_CLIP = 4

const NewCampaignJob = body({
  asset_ids: chosenPhotosField,
  num_scenes: sceneCountField,
  clip_duration: optionalClipDurationField,
  video_model: text,
  model: text,
  style: text,
  music_genre: text,
  parameters: parametersField,
  callback_url: callbackUrlField,
  duration_seconds: numeric(z.number({ error: 'must be a number of seconds' }).positive().max(3600).optional()).openapi(
    {
      type: 'number',
      description:
        'Seconds of all scenes together, as nearly as the model can; where num_scenes and clip_duration are given, those hold',
    },
  ),
}).openapi('NewCampaignJob', { example: { num_scenes: 4, clip_duration: 4, style: 'calm', music_genre: 'ambient' } })

const Answer = z
  .object({
    data: z.object({
      id: jobId,
      type: JobJson.shape.type,
      status: JobJson.shape.status,
      campaign_id: campaignId,
      asset_count: z.int().openapi({ example: 12 }),
      scene_count: z.int().openapi({ example: 4 }),
      parameters: z.record(z.string(), z.unknown()).openapi({ example: { num_scenes: 4, clip_duration: 4 } }),
    }),
    links: z
      .object({ self: z.string(), approve: z.string(), status: z.string() })
      .openapi({ example: { self: '/api/v3/jobs/7', approve: '/api/v3/jobs/7/approve', status: '/api/v3/jobs/7' } }),
  })
  .openapi('NewCampaignJobAnswer')

const route = createRoute({
  method: 'post',
  path: '/campaigns/{id}/create-job',
  tags: ['Campaigns'],
  summary: 'Create a job from everything in a campaign',
  request: { params: z.object({ id: uuidParam('Campaign') }), body: jsonBody(NewCampaignJob) },
  responses: {
    201: json(Answer, 'The new job, waiting for approval'),
    ...codedRefusals({
      404: 'Campaign not found',
      422: [
        'The campaign has too few images, or a field is wrong',
        { message: 'The campaign needs at least 2 images, and has 1: upload photos first', code: 'no_assets' },
      ],
      500: [
        'The storyboard could not be written',
        { message: 'Failed to generate scenes: the language model refused', code: 'scene_generation_failed' },
      ],
    }),
  },
})

export function createFromCampaign(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const campaign = found(await findCampaign(deps.db, c.req.valid('param').id), 'Campaign')
    const asked = c.req.valid('json')
    const callbackUrl = readCallbackUrl(deps.config, asked.callback_url)
    const { images, total } = await countAssets(deps, campaign.id)
    if (images < 2) {
      throw new ApiError(422, `The campaign needs at least 2 images, and has ${images}: upload photos first`, {
        code: 'no_assets',
      })
    }
    await requireChosenPhotos(deps.db, campaign.id, asked.asset_ids)
    const { num_scenes, clip_duration = DEFAULT_CLIP, duration_seconds } = asked
    const isFixed = asked.num_scenes !== undefined && asked.clip_duration !== undefined
    const settings = resolveSettings(deps.config, {
      model: asked.video_model || asked.model,
      sceneCount: num_scenes ?? (duration_seconds === undefined ? DEFAULT_SCENES : null),
      durationSeconds: isFixed ? undefined : duration_seconds,
      assetIds: asked.asset_ids,
      clipDuration: clip_duration,
      propertyTypes: null,
      style: asked.style,
      musicGenre: asked.music_genre,
      parameters: asked.parameters,
    })
    const parameters = {
      ...asked.parameters,
      num_scenes: settings.sceneCount,
      clip_duration,
      style: settings.style,
      music_genre: settings.musicGenre,
      duration_seconds: duration_seconds ?? 30,
    }
    const job = await startJob(
      deps,
      { type: 'campaign', campaign, parameters, settings, callbackUrl },
      c.req.raw.signal,
    )
    if (job.status === 'failed' && job.storyboardVersion === 0) {
      throw new ApiError(500, `Failed to generate scenes: ${job.error}`, { code: 'scene_generation_failed' })
    }
    const self = `/api/v3/jobs/${job.id}`
    const data = {
      id: job.id,
      type: job.type as z.infer<typeof JobJson>['type'],
      status: job.status as z.infer<typeof JobJson>['status'],
      campaign_id: campaign.id,
      asset_count: total,
      scene_count: job.scenes.length,
      parameters,
    }
    return c.json({ data, links: { self, approve: `${self}/approve`, status: self } }, 201)
  })
}
