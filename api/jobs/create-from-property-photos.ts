import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { body, jsonBody } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { endpoint } from '../router.ts'
import { createFromPhotos, type PhotosJobKind, photosJobAnswers, photosJobFields } from './create-from-photos.ts'
import { sceneCountField } from './job-request.ts'

const DEFAULT_TYPES = ['exterior', 'interior', 'kitchen', 'bedroom', 'bathroom', 'living_room']
/** A tour shows each photo once; more than this is a film that nobody watches, unless it is asked for. */
const DEFAULT_SCENES = 10

const NewPropertyPhotosJob = body({
  ...photosJobFields,
  num_scenes: sceneCountField.openapi({
    type: 'integer',
    description: `At most one for each photo; ${DEFAULT_SCENES}, or one for each of fewer photos, when absent`,
  }),
  property_types: z
    .array(z.string().trim().min(1).max(100), { error: 'must be an array of names' })
    .max(100)
    .nullish()
    .transform((types) => (types?.length ? [...new Set(types)] : DEFAULT_TYPES))
    .openapi({ type: 'array', items: { type: 'string' } }),
}).openapi('NewPropertyPhotosJob', {
  example: { campaign_id: EXAMPLES.campaign, property_types: ['kitchen', 'exterior'], clip_duration: 5 },
})

const route = createRoute({
  method: 'post',
  path: '/jobs/from-property-photos',
  tags: ['Jobs'],
  summary: 'Create a job that tours a property',
  request: { body: jsonBody(NewPropertyPhotosJob) },
  responses: photosJobAnswers([
    'No campaign named, it has too few images, or the storyboard left the allowed types',
    { error: 'Scene types do not match allowed property types', invalid_types: ['garden'], job_id: EXAMPLES.job },
  ]),
})

export function createFromPropertyPhotos(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { property_types, num_scenes, ...asked } = c.req.valid('json')
    const most = num_scenes ?? Math.min(DEFAULT_SCENES, deps.config.maxScenes)
    const kind: PhotosJobKind = {
      type: 'property_photos',
      sceneCount: (images) => Math.min(most, images),
      propertyTypes: property_types,
      echo: { property_types },
    }
    return c.json(await createFromPhotos(deps, asked, kind, c.req.raw.signal), 201)
  })
}
