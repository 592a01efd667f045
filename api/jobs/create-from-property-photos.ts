import { createRoute, z } from '@hono/zod-openapi'
import { callbackUrlField, readCallbackUrl } from '../callback-url.ts'
import type { ApiDeps } from '../deps.ts'
import { body, jsonBody, reference, text } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { clipDurationField, parametersField, resolveSettings } from './job-request.ts'
import { NewJobJson, newJobJson } from './new-job-json.ts'
import { assertStoryboard, requireCampaignWithImages, startJob } from './start-job.ts'

const DEFAULT_TYPES = ['exterior', 'interior', 'kitchen', 'bedroom', 'bathroom', 'living_room']
/** A tour shows each photo once; more than this is a film that nobody watches, unless it is asked for. */
const DEFAULT_SCENES = 10

const NewPropertyPhotosJob = body({
  campaign_id: reference,
  client_id: reference,
  property_types: z
    .array(z.string().trim().min(1).max(100), { error: 'must be an array of names' })
    .max(100)
    .nullish()
    .transform((types) => (types?.length ? [...new Set(types)] : DEFAULT_TYPES))
    .openapi({ type: 'array', items: { type: 'string' } }),
  clip_duration: clipDurationField(5),
  video_model: text,
  model: text,
  parameters: parametersField,
  callback_url: callbackUrlField,
}).openapi('NewPropertyPhotosJob')

const route = createRoute({
  method: 'post',
  path: '/jobs/from-property-photos',
  tags: ['Jobs'],
  summary: 'Create a job that tours a property',
  request: { body: jsonBody(NewPropertyPhotosJob) },
  responses: {
    201: json(NewJobJson, 'The new job, waiting for approval'),
    ...plainRefusals({
      400: 'No campaign named, it has too few images, or the storyboard left the allowed types',
      404: 'Unknown campaign',
      422: 'A field is wrong, or more than the limits allow',
      500: 'The storyboard could not be written',
    }),
  },
})

export function createFromPropertyPhotos(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const asked = c.req.valid('json')
    const callbackUrl = readCallbackUrl(deps.config, asked.callback_url)
    const { campaign, images, total } = await requireCampaignWithImages(deps, asked.campaign_id)
    const settings = resolveSettings(deps.config, {
      model: asked.video_model || asked.model,
      sceneCount: Math.min(DEFAULT_SCENES, images, deps.config.maxScenes),
      clipDuration: asked.clip_duration,
      propertyTypes: asked.property_types,
      parameters: asked.parameters,
    })
    const draft = { type: 'property_photos' as const, campaign, parameters: asked.parameters, settings, callbackUrl }
    const job = await startJob(deps, draft, c.req.raw.signal)
    await assertStoryboard(deps, job)
    const { clip_duration, property_types } = asked
    return c.json(newJobJson(job, { clip_duration, property_types, total_assets: total }), 201)
  })
}
