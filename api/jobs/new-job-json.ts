/** What the two asset routes answer with when they created a job. */
import { z } from '@hono/zod-openapi'
import { JobSettings } from '../../domain/settings.ts'
import type { JobPhoto } from '../../prisma/queries/job-photos.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { assetId, campaignId, clientId, EXAMPLES, jobId } from '../ids.ts'
import { usd } from '../usd.ts'
import { Costs, JobJson } from './job-json.ts'
import { StoryboardJson, storyboardJson } from './storyboard-json.ts'

export const NewJobJson = z
  .object({
    job_id: jobId,
    status: JobJson.shape.status,
    type: JobJson.shape.type,
    scene_count: z.int().openapi({ example: 1 }),
    message: z.string().openapi({ example: 'Job created successfully' }),
    video_name: JobJson.shape.video_name,
    estimated_cost: JobJson.shape.estimated_cost,
    costs: Costs.omit({ actual: true }),
    storyboard_ready: JobJson.shape.storyboard_ready,
    storyboard: StoryboardJson,
    campaign_id: campaignId,
    client_id: clientId,
    clip_duration: z.number().openapi({ description: 'Seconds, as asked for', example: 5 }),
    num_pairs: z.int().optional().openapi({ example: 1 }),
    property_types: z
      .array(z.string())
      .optional()
      .openapi({ example: ['kitchen', 'exterior'] }),
    asset_ids: z
      .array(assetId)
      .optional()
      .openapi({ description: 'The photos that were named', example: [...EXAMPLES.assets] }),
    total_assets: z.int().openapi({ example: 2 }),
  })
  .openapi('NewJob')

/**
 * @param photos what was made of its photos when the storyboard was written
 * @param asked what of the request is echoed
 */
export function newJobJson(
  job: JobWithScenes,
  photos: JobPhoto[],
  asked: Pick<
    z.infer<typeof NewJobJson>,
    'clip_duration' | 'num_pairs' | 'property_types' | 'asset_ids' | 'total_assets'
  >,
): z.infer<typeof NewJobJson> {
  const ready = job.storyboardVersion > 0
  return {
    job_id: job.id,
    status: job.status as z.infer<typeof NewJobJson>['status'],
    type: job.type as z.infer<typeof NewJobJson>['type'],
    scene_count: job.scenes.length,
    message: 'Job created successfully',
    video_name: job.videoName,
    estimated_cost: usd(job.estimateMicroUsd),
    costs: { estimated: usd(job.estimateMicroUsd), currency: 'USD' },
    storyboard_ready: ready,
    storyboard: storyboardJson(job.scenes, JobSettings.parse(job.settings), photos),
    campaign_id: job.campaignId,
    client_id: job.clientId,
    ...asked,
  }
}
