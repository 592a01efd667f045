/** Editing and dropping one scene of a storyboard, by its id or by its place. */
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { body, jobIdParam, jsonBody, uuidParam } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { type ApiEnv, endpoint, type Handles } from '../router.ts'
import { editStoryboard, unchanged } from './edit-storyboard.ts'
import { OneScene, oneScene } from './get-scene.ts'
import { requireJob } from './require-job.ts'
import { type SceneEdit, sceneFields } from './scene-edit.ts'
import { NO_HISTORY } from './scene-json.ts'
import { VERSION_CHANGED, versionField, versionHeader } from './storyboard-version.ts'

const EditedScene = body({ ...sceneFields, storyboard_version: versionField }).openapi('SceneChanges', {
  example: { prompt: 'A slow push through a bright kitchen towards the lake', duration: 6, storyboard_version: 1 },
})
const Dropped = body({ storyboard_version: versionField }).openapi('SceneDrop', { example: { storyboard_version: 1 } })

const refusals = plainRefusals({
  400: ['If-Match is no version', { error: 'If-Match takes one storyboard_version, such as "3"' }],
  404: ['Unknown job or scene', { error: 'Scene not found' }],
  409: ['The storyboard has changed in the meantime, or the job is not waiting for approval any more', VERSION_CHANGED],
  422: ['A field is wrong', { error: 'Validation failed', details: { duration: ['must be a number of seconds'] } }],
})
const byId = z.object({ job_id: jobIdParam, scene_id: uuidParam('Scene') })
const editing = {
  tags: ['Scenes'],
  summary: 'Change the given fields of a scene, before the approval',
  responses: { 200: json(OneScene, 'The scene as it is now'), ...refusals },
}

const editingById = {
  path: '/jobs/{job_id}/scenes/{scene_id}' as const,
  ...editing,
  request: { params: byId, headers: versionHeader, body: jsonBody(EditedScene) },
}
const put = createRoute({ method: 'put', ...editingById })
const patch = createRoute({ method: 'patch', ...editingById })

const patchByIndex = createRoute({
  method: 'patch',
  path: '/jobs/{job_id}/storyboard/scenes/{index}',
  ...editing,
  request: {
    params: z.object({
      job_id: jobIdParam,
      index: z
        .string()
        .regex(/^\d{1,4}$/, { error: 'Scene not found' })
        .transform(Number)
        .openapi({ type: 'integer', description: 'From 0' }),
    }),
    headers: versionHeader,
    body: jsonBody(EditedScene),
  },
})

const drop = createRoute({
  method: 'delete',
  path: '/jobs/{job_id}/scenes/{scene_id}',
  tags: ['Scenes'],
  summary: 'Drop a scene from the storyboard, before the approval; the last one stays',
  request: {
    params: byId,
    headers: versionHeader,
    body: { required: false, content: { 'application/json': { schema: Dropped } } },
  },
  responses: { 204: { description: 'It is dropped; the ETag is the new storyboard_version' }, ...refusals },
})

export function editScene(deps: ApiDeps) {
  const change: Handles<typeof patch> = async (c) => {
    const { job_id, scene_id } = c.req.valid('param')
    return c.json(await edit(c, deps, job_id, (job) => indexOf(job, scene_id), c.req.valid('json')), 200)
  }
  return [
    endpoint(put, change),
    endpoint(patch, change),
    endpoint(patchByIndex, async (c) => {
      const { job_id, index } = c.req.valid('param')
      return c.json(await edit(c, deps, job_id, (job) => within(job, index), c.req.valid('json')), 200)
    }),
    endpoint(drop, async (c) => {
      const { job_id, scene_id } = c.req.valid('param')
      const { storyboard_version } = c.req.valid('json') ?? {}
      indexOf(await requireJob(deps.db, job_id), scene_id)
      await editStoryboard(c, deps, {
        jobId: job_id,
        version: storyboard_version,
        at: (_, field) => field,
        scenes: (job) => unchanged(job).toSpliced(indexOf(job, scene_id), 1),
      })
      return c.body(null, 204)
    }),
  ] as const
}

async function edit(
  c: Context<ApiEnv>,
  deps: ApiDeps,
  jobId: number,
  place: (job: JobWithScenes) => number,
  { storyboard_version, ...changes }: SceneEdit & { storyboard_version?: number },
): Promise<z.infer<typeof OneScene>> {
  const index = place(await requireJob(deps.db, jobId))
  const job = await editStoryboard(c, deps, {
    jobId,
    version: storyboard_version,
    at: (_, field) => field,
    scenes: (before) =>
      unchanged(before).map((scene, n) => (n === place(before) ? { ...scene, edit: changes } : scene)),
  })
  const scene = job.scenes[index]
  if (!scene) throw new ApiError(404, 'Scene not found')
  return oneScene(deps, job, scene, NO_HISTORY)
}

/** @throws ApiError 404 */
function indexOf(job: JobWithScenes, sceneId: string): number {
  return within(
    job,
    job.scenes.findIndex(({ id }) => id === sceneId),
  )
}

function within(job: JobWithScenes, index: number): number {
  if (!job.scenes[index]) throw new ApiError(404, 'Scene not found')
  return index
}
