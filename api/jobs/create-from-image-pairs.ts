import { createRoute } from '@hono/zod-openapi'
import { callbackUrlField, readCallbackUrl } from '../callback-url.ts'
import type { ApiDeps } from '../deps.ts'
import { body, jsonBody, reference, text } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { clipDurationField, parametersField, resolveSettings, sceneCountField } from './job-request.ts'
import { NewJobJson, newJobJson } from './new-job-json.ts'
import { assertStoryboard, requireCampaignWithImages, startJob } from './start-job.ts'

/** How many pairs are made at most when the request does not say. */
const DEFAULT_PAIRS = 10

const NewImagePairsJob = body({
  campaign_id: reference,
  client_id: reference,
  clip_duration: clipDurationField(5),
  num_pairs: sceneCountField,
  video_model: text,
  model: text,
  parameters: parametersField,
  callback_url: callbackUrlField,
}).openapi('NewImagePairsJob')

const route = createRoute({
  method: 'post',
  path: '/jobs/from-image-pairs',
  tags: ['Jobs'],
  summary: 'Create a job whose scenes go from one photo to another',
  request: { body: jsonBody(NewImagePairsJob) },
  responses: {
    201: json(NewJobJson, 'The new job, waiting for approval'),
    ...plainRefusals({
      400: 'No campaign named, or it has too few images',
      404: 'Unknown campaign',
      422: 'A field is wrong, or more than the limits allow',
      500: 'The storyboard could not be written',
    }),
  },
})

export function createFromImagePairs(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const asked = c.req.valid('json')
    const callbackUrl = readCallbackUrl(deps.config, asked.callback_url)
    const { campaign, images, total } = await requireCampaignWithImages(deps, asked.campaign_id)
    const settings = resolveSettings(deps.config, {
      model: asked.video_model || asked.model,
      // Unasked, every photo is the end of one scene and the start of the next, and none is paid for twice over.
      sceneCount: asked.num_pairs ?? Math.min(DEFAULT_PAIRS, images - 1, deps.config.maxScenes),
      clipDuration: asked.clip_duration,
      propertyTypes: null,
      parameters: asked.parameters,
    })
    const draft = { type: 'image_pairs' as const, campaign, parameters: asked.parameters, settings, callbackUrl }
    const job = await startJob(deps, draft, c.req.raw.signal)
    await assertStoryboard(deps, job)
    const echo = {
      clip_duration: asked.clip_duration,
      num_pairs: asked.num_pairs ?? DEFAULT_PAIRS,
      total_assets: total,
    }
    return c.json(newJobJson(job, echo), 201)
  })
}
