import { createRoute, z } from '@hono/zod-openapi'
import { JobSettings } from '../../domain/settings.ts'
import type { Database } from '../../prisma/client.ts'
import { copyJob as insertCopy } from '../../prisma/queries/copy-job.ts'
import { listJobPhotos } from '../../prisma/queries/job-photos.ts'
import { getJob, type JobWithScenes } from '../../prisma/queries/jobs.ts'
import { sceneEstimateMicroUsd } from '../../providers/estimate.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { currentRequest } from '../idempotency/current-request.ts'
import { EXAMPLES } from '../ids.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { NewJobJson, newJobJson } from './new-job-json.ts'
import { requireOwnMusic } from './own-music.ts'
import { requireJob } from './require-job.ts'
import { countAssets, refuseJob, startWorkflow } from './start-job.ts'

const route = createRoute({
  method: 'post',
  path: '/jobs/{id}/copy',
  tags: ['Jobs'],
  summary: 'Create a job with the storyboard and the parameters of another, to be edited and approved anew',
  request: { params: z.object({ id: jobIdParam }) },
  responses: {
    201: json(NewJobJson, 'The new job, waiting for approval'),
    ...plainRefusals({
      404: 'Job not found',
      422: [
        'It has no storyboard, or its pictures or its music are gone',
        { error: 'The job has no storyboard to copy: create a new one from the campaign', job_id: EXAMPLES.job },
      ],
    }),
  },
})

export function copyJob(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const original = await requireJob(deps.db, c.req.valid('param').id)
    const settings = JobSettings.parse(original.settings)
    await assertCopyable(deps.db, original, settings)
    const request = currentRequest()
    const estimates = original.scenes.map((scene) => sceneEstimateMicroUsd(settings, scene))
    const id =
      request?.jobId ??
      (await insertCopy(deps.db, original, estimates, request?.requestId, deps.config.maxOpenJobs).catch(refuseJob)).id
    await startWorkflow(deps, id)
    const { total } = await countAssets(deps, original.campaignId)
    const echo = {
      clip_duration: settings.clipDuration,
      ...(original.type === 'image_pairs' && { num_pairs: settings.sceneCount }),
      ...(settings.propertyTypes && { property_types: settings.propertyTypes }),
      asset_ids: settings.assetIds,
      total_assets: total,
    }
    const [copy, photos] = await Promise.all([getJob(deps.db, id), listJobPhotos(deps.db, id)])
    return c.json(newJobJson(copy, photos, echo), 201)
  })
}

async function assertCopyable(db: Database, job: JobWithScenes, { music }: JobSettings): Promise<void> {
  const refuse = (error: string) => new ApiError(422, error, { extra: { job_id: job.id } })
  if (job.scenes.length === 0) throw refuse('The job has no storyboard to copy: create a new one from the campaign')
  const shown = new Set(
    job.scenes.flatMap(({ firstAssetId, lastAssetId }) => [firstAssetId ?? [], lastAssetId ?? []].flat()),
  )
  const there = await db.asset.findMany({ where: { id: { in: [...shown] } }, select: { id: true } })
  for (const { id } of there) shown.delete(id)
  const poor = job.scenes.filter(
    ({ firstAssetId, lastAssetId }) => shown.has(firstAssetId ?? '') || shown.has(lastAssetId ?? ''),
  )
  if (poor.length > 0) {
    const places = poor.map(({ position }) => position + 1).join(', ')
    throw refuse(
      `Pictures were deleted that the storyboard shows, in scene ${places}: create a new job from the campaign`,
    )
  }
  if (music.assetId) await requireOwnMusic(db, music.assetId, job)
}
