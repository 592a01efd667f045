import { createRoute, z } from '@hono/zod-openapi'
import type { Job, Scene } from '../../prisma/queries/jobs.ts'
import { sceneHistories } from '../../prisma/queries/scene-histories.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { jobIdParam, uuidParam } from '../fields.ts'
import { jobId } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { JobJson, storyboard_version } from './job-json.ts'
import { requireJob } from './require-job.ts'
import { type SceneHistory, SceneJson, sceneJson } from './scene-json.ts'
import { sendVersion } from './storyboard-version.ts'

export const OneScene = z
  .object({
    scene: SceneJson.extend({ job_id: jobId, video_blob_size: z.int().nullable().openapi({ example: null }) }),
    job_id: jobId,
    job_status: JobJson.shape.status,
    storyboard_version,
  })
  .openapi('OneScene')

const route = createRoute({
  method: 'get',
  path: '/jobs/{job_id}/scenes/{scene_id}',
  tags: ['Scenes'],
  summary: 'One scene',
  request: { params: z.object({ job_id: jobIdParam, scene_id: uuidParam('Scene') }) },
  responses: {
    200: json(OneScene, 'The scene'),
    ...plainRefusals({ 404: ['Unknown job or scene', { error: 'Scene not found' }] }),
  },
})

export function getScene(deps: ApiDeps) {
  const { db } = deps
  return endpoint(route, async (c) => {
    const { job_id, scene_id } = c.req.valid('param')
    const job = await requireJob(db, job_id)
    const scene = found(job.scenes.find(({ id }) => id === scene_id) ?? null, 'Scene')
    const historyOf = await sceneHistories(db, job.id, scene_id)
    sendVersion(c, job.storyboardVersion)
    return c.json(oneScene(deps, job, scene, historyOf(scene)), 200)
  })
}

export function oneScene(deps: ApiDeps, job: Job, scene: Scene, history: SceneHistory): z.infer<typeof OneScene> {
  return {
    scene: { ...sceneJson(deps, job, scene, history), job_id: job.id, video_blob_size: scene.clipSize },
    job_id: job.id,
    job_status: job.status as z.infer<typeof OneScene>['job_status'],
    storyboard_version: job.storyboardVersion,
  }
}
