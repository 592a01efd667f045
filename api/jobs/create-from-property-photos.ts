import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { body, jsonBody } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { endpoint } from '../router.ts'
import { createFromPhotos, type PhotosJobKind, photosJobAnswers, photosJobFields } from './create-from-photos.ts'

const DEFAULT_TYPES = ['exterior', 'interior', 'kitchen', 'bedroom', 'bathroom', 'living_room']
/** A tour shows each photo once; more than this is a film that nobody watches, unless it is asked for. */
const DEFAULT_SCENES = 10

const NewPropertyPhotosJob = body({
  ...photosJobFields,
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
    const { property_types, ...asked } = c.req.valid('json')
    const kind: PhotosJobKind = {
      type: 'property_photos',
      sceneCount: (images) => Math.min(DEFAULT_SCENES, images, deps.config.maxScenes),
      propertyTypes: property_types,
      echo: { property_types },
    }
    return c.json(await createFromPhotos(deps, asked, kind, c.req.raw.signal), 201)
  })
}
