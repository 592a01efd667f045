/** What the two asset routes answer with when they created a job. */
import { z } from '@hono/zod-openapi'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { Costs, JobJson, usd } from './job-json.ts'
import { StoryboardJson, storyboardJson } from './storyboard-json.ts'

export const NewJobJson = z
  .object({
    job_id: z.int(),
    status: JobJson.shape.status,
    type: JobJson.shape.type,
    scene_count: z.int(),
    message: z.string(),
    video_name: z.string(),
    estimated_cost: z.number(),
    costs: Costs.omit({ actual: true }),
    storyboard_ready: z.boolean(),
    storyboard: StoryboardJson,
    campaign_id: z.uuid(),
    client_id: z.uuid(),
    clip_duration: z.number(),
    num_pairs: z.int().optional(),
    property_types: z.array(z.string()).optional(),
    total_assets: z.int(),
  })
  .openapi('NewJob')

/** @param asked what of the request is echoed */
export function newJobJson(
  job: JobWithScenes,
  asked: { clip_duration: number; num_pairs?: number; property_types?: string[]; total_assets: number },
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
    storyboard: storyboardJson(job.scenes),
    campaign_id: job.campaignId,
    client_id: job.clientId,
    ...asked,
  }
}
