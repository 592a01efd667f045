import { isDeepStrictEqual } from 'node:util'
import { createRoute, z } from '@hono/zod-openapi'
import { JobSettings, settingsOf } from '../../domain/settings.ts'
import type { Db } from '../../prisma/client.ts'
import { readBoughtAlready } from '../../prisma/queries/bought-already.ts'
import type { JobWithScenes, Scene } from '../../prisma/queries/jobs.ts'
import {
  changeable,
  openFinalize,
  queueRegeneration,
  type Revision,
  type SceneChanges,
} from '../../prisma/queries/revisions.ts'
import { regenerationMicroUsd } from '../../providers/estimate.ts'
import { snapDuration } from '../../providers/models.ts'
import { clipsMicroUsd, sceneModel } from '../../providers/scene-model.ts'
import { deciderName } from '../auth/principal.ts'
import { overrideField, withinBudgets } from '../budgets/within-budgets.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { body, boolean, jobIdParam, text, uuidParam } from '../fields.ts'
import { answerToKeep } from '../idempotency/current-request.ts'
import { EXAMPLES, jobId, sceneId } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { usd } from '../usd.ts'
import { variantsField } from './job-request.ts'
import { queuedOr } from './queued-or.ts'
import { requireJob } from './require-job.ts'
import { RevisionJson, revisionJson } from './revision-json.ts'
import { draftStoryboard, type SceneEdit, sceneFields } from './scene-edit.ts'
import { tellRevision } from './tell-workflow.ts'

/** Duration, transition and music fit the scene to its neighbours, and stay. */
const { title, description, prompt, model, scene_type, camera_movement, motion_goal, asset_ids, overlays, caption } =
  sceneFields

const Wish = body({
  ...{ title, description, prompt, model, scene_type, camera_movement, motion_goal, asset_ids, overlays, caption },
  variants: variantsField,
  by: text,
  override: overrideField,
  music: boolean(z.boolean().default(false)).openapi({
    description: 'Makes the music anew too; else the new film has the music of the old one',
  }),
}).openapi('Regeneration', { example: { prompt: 'The same move at dusk, lamps lit', by: 'Anna' } })

const Answer = z
  .object({
    message: z.string().openapi({ example: 'Scene regeneration started' }),
    job_id: jobId,
    scene_id: sceneId,
    estimated_cost: z.number().openapi({
      description: 'USD, of the scene with its variants; music that is made anew not counted',
      example: 1.6,
    }),
    revision: RevisionJson,
  })
  .openapi('RegenerationStarted')

const route = createRoute({
  method: 'post',
  path: '/jobs/{job_id}/scenes/{scene_id}/regenerate',
  tags: ['Scenes'],
  summary: 'Render a scene again, with what is changed in it, and stitch the film again',
  description:
    'The finished film is served until the new one takes its place in one step; when the new one fails, it stays. ' +
    'Asked for in the same words after it failed, it goes on with what was rendered and never shown. ' +
    'Several are made one after the other. Of a failed job the scene is rendered and the job goes on.',
  request: {
    params: z.object({ job_id: jobIdParam, scene_id: uuidParam('Scene') }),
    body: { required: false, content: { 'application/json': { schema: Wish } } },
  },
  responses: {
    202: json(Answer, 'It is queued'),
    ...plainRefusals({
      404: ['Unknown job or scene', { error: 'Scene not found' }],
      422: [
        'The job has not ended, is final, a budget has too little left, or a field is wrong',
        {
          error: 'Scene cannot be regenerated',
          job_id: EXAMPLES.job,
          current_status: 'pending',
          reason: 'Only a failed job is retried, and this one is pending',
        },
      ],
    }),
  },
})

export function regenerateScene(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { job_id, scene_id } = c.req.valid('param')
    const { by: claimed, override, music = false, variants = 1, ...edit } = c.req.valid('json') ?? {}
    const job = await requireJob(deps.db, job_id)
    const scene = found(job.scenes.find(({ id }) => id === scene_id) ?? null, 'Scene')
    if (music && job.status === 'completed' && !job.audioHash) {
      throw new ApiError(422, 'The job has no music to make anew: POST /audio/generate-scenes makes it', {
        extra: { job_id },
      })
    }
    const changes = await changesOf(deps, job, scene, edit)
    const by = deciderName(c, claimed)
    const refusal = 'Scene cannot be regenerated'
    const wish = { changes, music, variants }
    // By then it may be in full quality.
    const settingsIn = async (db: Db) => settingsOf(job, (await openFinalize(db, job_id))?.kind)
    let estimated = 0
    const answerOf = (revision: Revision) => {
      const answer = { message: 'Scene regeneration started', job_id, scene_id, estimated_cost: usd(estimated) }
      return { ...answer, revision: revisionJson(revision) }
    }
    const keepAnswer = answerToKeep(202, answerOf)
    const queued = await withinBudgets(c, deps, { job, by, override, refusal }, (spender) => {
      const price = async (tx: Db, row: JobWithScenes) => {
        const settings = await settingsIn(tx)
        const wished = { ...(row.scenes.find(({ id }) => id === scene_id) ?? scene), ...changes, variants }
        estimated = Math.max(estimated, clipsMicroUsd(settings, wished))
        const asked = { ...wish, sceneIds: [scene_id], settings }
        return regenerationMicroUsd(row, await readBoughtAlready(tx, row), asked)
      }
      const spending = { ...spender, price }
      return queueRegeneration(deps.db, job_id, [scene_id], wish, { by, spending, keepAnswer })
    })
    const revision = queuedOr(queued, job, refusal)
    await tellRevision(deps, revision)
    return c.json(answerOf(revision), 202)
  })
}

/** What differs from the scene as it is. @throws ApiError 422 with all that is wrong */
async function changesOf(
  { db, config }: ApiDeps,
  job: JobWithScenes,
  scene: Scene,
  edit: SceneEdit,
): Promise<SceneChanges> {
  const scenes = job.scenes.map((before) => ({ before, edit: before.id === scene.id ? edit : {} }))
  const drafted = await draftStoryboard(db, job, scenes, { maxScenes: config.maxScenes, at: (_, field) => field })
  const fields = drafted.scenes.find(({ id }) => id === scene.id)?.fields
  if (!fields) return {}
  const model = sceneModel(JobSettings.parse(job.settings), fields)
  if (snapDuration(model, scene.duration) < scene.duration) {
    const problem = `${model.key} renders ${Math.max(...model.durations)} s at most, and this scene lasts ${scene.duration} s`
    throw new ApiError(422, 'Validation failed', { details: { model: [problem] } })
  }
  const before = changeable(scene)
  const names = Object.keys(before) as (keyof SceneChanges)[]
  const changed = names.filter((name) => !isDeepStrictEqual(fields[name], before[name]))
  return Object.fromEntries(changed.map((name) => [name, fields[name]]))
}
