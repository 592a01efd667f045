import { createRoute, z } from '@hono/zod-openapi'
import { sceneHistories } from '../../prisma/queries/scene-histories.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { jobId } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { requireJob } from './require-job.ts'
import { SceneJson, sceneJson } from './scene-json.ts'

const Answer = z
  .object({
    job_id: jobId,
    total_scenes: z.int().openapi({ example: 1 }),
    completed_scenes: z.int().openapi({ example: 0 }),
    progress_percentage: z.number().openapi({ example: 0 }),
    scenes: z.array(SceneJson),
  })
  .openapi('Scenes')

const route = createRoute({
  method: 'get',
  path: '/jobs/{job_id}/scenes',
  tags: ['Scenes'],
  summary: "A job's scenes, in storyboard order",
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: { 200: json(Answer, 'The scenes'), ...plainRefusals({ 404: 'Job not found' }) },
})

export function listScenes(deps: ApiDeps) {
  const { db } = deps
  return endpoint(route, async (c) => {
    const job = await requireJob(db, c.req.valid('param').job_id)
    const historyOf = await sceneHistories(db, job.id)
    const scenes = job.scenes.map((scene) => sceneJson(deps, job, scene, historyOf(scene)))
    const completed = scenes.filter(({ status }) => status === 'completed').length
    const answer = {
      job_id: job.id,
      total_scenes: scenes.length,
      completed_scenes: completed,
      progress_percentage: scenes.length === 0 ? 0 : Math.round((completed / scenes.length) * 1000) / 10,
      scenes,
    }
    return c.json(answer, 200)
  })
}
