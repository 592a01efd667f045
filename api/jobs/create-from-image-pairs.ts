import { createRoute } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { body, jsonBody } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { endpoint } from '../router.ts'
import { createFromPhotos, type PhotosJobKind, photosJobAnswers, photosJobFields } from './create-from-photos.ts'
import { sceneCountField } from './job-request.ts'

/** How many pairs are made at most when the request does not say. */
const DEFAULT_PAIRS = 10

const NewImagePairsJob = body({ ...photosJobFields, num_pairs: sceneCountField }).openapi('NewImagePairsJob', {
  example: { campaign_id: EXAMPLES.campaign, clip_duration: 5, num_pairs: 1, parameters: { style: 'calm' } },
})

const route = createRoute({
  method: 'post',
  path: '/jobs/from-image-pairs',
  tags: ['Jobs'],
  summary: 'Create a job whose scenes go from one photo to another',
  request: { body: jsonBody(NewImagePairsJob) },
  responses: photosJobAnswers([
    'No campaign named, or it has too few images',
    { error: 'Need at least 2 image assets to start the pipeline, found 1' },
  ]),
})

export function createFromImagePairs(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { num_pairs, ...asked } = c.req.valid('json')
    const kind: PhotosJobKind = {
      type: 'image_pairs',
      // Unasked, every photo is the end of one scene and the start of the next, and none is paid for twice over.
      sceneCount: (images) => num_pairs ?? Math.min(DEFAULT_PAIRS, images - 1, deps.config.maxScenes),
      propertyTypes: null,
      pairs: num_pairs,
      echo: { num_pairs: num_pairs ?? DEFAULT_PAIRS },
    }
    return c.json(await createFromPhotos(deps, asked, kind, c.req.raw.signal), 201)
  })
}
