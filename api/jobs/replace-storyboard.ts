import { createRoute, z } from '@hono/zod-openapi'
import { listJobPhotos } from '../../prisma/queries/job-photos.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { body, jobIdParam, jsonBody, reference } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { editStoryboard } from './edit-storyboard.ts'
import { JobJson, jobJson } from './job-json.ts'
import { requireJob } from './require-job.ts'
import { type EditedScene, type SceneEdit, sceneFields } from './scene-edit.ts'
import { VERSION_CHANGED, versionField, versionHeader } from './storyboard-version.ts'

/** What GET shows can be sent back: its other fields are ignored. */
const WholeStoryboard = body({
  scenes: z
    .array(body({ id: reference, ...sceneFields }), { error: 'must be a list of scenes' })
    .min(1, { error: 'a storyboard keeps at least one scene' }),
  storyboard_version: versionField,
}).openapi('StoryboardChanges', {
  example: {
    scenes: [
      { id: EXAMPLES.scene, duration: 8 },
      { title: 'The lake', prompt: 'The lake at noon, seen from a balcony', asset_ids: [EXAMPLES.assets[1]] },
    ],
    storyboard_version: 1,
  },
})

const route = createRoute({
  method: 'put',
  path: '/jobs/{job_id}/storyboard',
  tags: ['Scenes'],
  summary: 'Replace the storyboard, before the approval: order, add, drop and edit scenes',
  description:
    'Scenes with an id stay, with the given fields changed; those without are new; those left out are dropped.',
  request: { params: z.object({ job_id: jobIdParam }), headers: versionHeader, body: jsonBody(WholeStoryboard) },
  responses: {
    200: json(JobJson, 'The job with its new storyboard'),
    ...plainRefusals({
      400: ['If-Match is no version', { error: 'If-Match takes one storyboard_version, such as "3"' }],
      404: 'Job not found',
      409: [
        'The storyboard has changed in the meantime, or the job is not waiting for approval any more',
        VERSION_CHANGED,
      ],
      422: [
        'A field is wrong, or there are more scenes than the limits allow',
        { error: 'Validation failed', details: { 'scenes.0.duration': ['must be a number of seconds'] } },
      ],
    }),
  },
})

export function replaceStoryboard(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { job_id } = c.req.valid('param')
    const { scenes, storyboard_version } = c.req.valid('json')
    await requireJob(deps.db, job_id)
    const job = await editStoryboard(c, deps, {
      jobId: job_id,
      version: storyboard_version,
      at: (index, field) => `scenes.${index}.${field}`,
      scenes: (before) => matched(before, scenes),
    })
    const photos = await listJobPhotos(deps.db, job_id)
    // Nothing was bought or made yet.
    const nothing = { revision: null, videoVersion: null, retryMicroUsd: null, finalizeMicroUsd: null }
    return c.json(jobJson(job, { ...nothing, spentMicroUsd: 0, photos }), 200)
  })
}

/** @throws ApiError 422 when an id names no scene of the job, or one twice */
function matched(job: JobWithScenes, given: (SceneEdit & { id?: string | null })[]): EditedScene[] {
  const left = new Map(job.scenes.map((scene) => [scene.id, scene]))
  return given.map(({ id, ...edit }, index) => {
    if (!id) return { before: null, edit }
    const before = left.get(id)
    if (!before) {
      const details = {
        [`scenes.${index}.id`]: ['names no scene of this job, or one that stands before it in the list'],
      }
      throw new ApiError(422, 'Validation failed', { details })
    }
    left.delete(id)
    return { before, edit }
  })
}
