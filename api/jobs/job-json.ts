/** A job as the API shows it: snake_case, flat. */
import { z } from '@hono/zod-openapi'
import { JOB_STAGES, JOB_STATUSES, JOB_TYPES } from '../../domain/job.ts'
import { JobSettings, QUALITIES } from '../../domain/settings.ts'
import type { JobPhoto } from '../../prisma/queries/job-photos.ts'
import type { Job, JobWithScenes, Scene } from '../../prisma/queries/jobs.ts'
import type { Revision } from '../../prisma/queries/revisions.ts'
import { filmProfile } from '../../providers/film-profile.ts'
import { budgetUsd } from '../budgets/budget-field.ts'
import { BudgetOverrideJson, budgetOverrideJson } from '../budgets/budget-json.ts'
import { assetId, campaignId, clientId, jobId } from '../ids.ts'
import { videoVersionJson } from '../notes/note-json.ts'
import { timestamp } from '../responses.ts'
import { usd } from '../usd.ts'
import { RevisionJson, revisionJson } from './revision-json.ts'
import { StoryboardJson, storyboardJson } from './storyboard-json.ts'

export const Costs = z
  .object({
    estimated: z.number().openapi({ description: 'USD, from what will be rendered', example: 2.4 }),
    actual: z.number().openapi({ description: 'USD, from what was bought', example: 0 }),
    currency: z.literal('USD'),
  })
  .openapi('Costs')

/** It counts up with every edit of the storyboard. */
export const storyboard_version = z.int().openapi({ example: 1 })

export const JobJson = z
  .object({
    job_id: jobId,
    type: z.enum(JOB_TYPES),
    status: z.enum(JOB_STATUSES),
    video_name: z.string().openapi({ example: 'Lakeside 1' }),
    campaign_id: campaignId,
    client_id: clientId,
    estimated_cost: z.number().openapi({ description: 'USD', example: 2.4 }),
    costs: Costs,
    progress_percentage: z.number().openapi({ example: 0 }),
    current_stage: z.enum(JOB_STAGES),
    progress: z.object({
      stage: z.enum(JOB_STAGES),
      percentage: z.number().openapi({ example: 0 }),
      error: z.string().nullable().openapi({ description: 'What failed, and why', example: null }),
      audio_error: z
        .string()
        .nullable()
        .openapi({ description: 'Why there is no music, or why a voice-over is missing', example: null }),
    }),
    quality: z.enum(QUALITIES).openapi({
      description: 'draft: its film is cheap and small, until POST /jobs/{id}/finalize makes it in full quality',
      example: 'final',
    }),
    parameters: z.record(z.string(), z.unknown()).openapi({ example: { style: 'calm' } }),
    video_model: z
      .string()
      .openapi({ description: 'The model that renders it, as GET /models calls it', example: 'veo3' }),
    asset_ids: z
      .array(assetId)
      .nullable()
      .openapi({ description: 'The photos that it was made of; null: all of its campaign', example: null }),
    storyboard_ready: z.boolean().openapi({ example: true }),
    storyboard_version,
    storyboard_source: z
      .string()
      .nullable()
      .openapi({ description: '"template", or the language model that wrote it', example: 'template' }),
    storyboard_note: z
      .string()
      .nullable()
      .openapi({ description: 'Why the template wrote it although a language model was to', example: null }),
    storyboard: StoryboardJson,
    frame_rate: z.number().openapi({ description: 'Frames a second, of its film', example: 24 }),
    video_version: videoVersionJson.nullable(),
    retry_cost: z
      .number()
      .nullable()
      .openapi({ description: 'USD at most, of a retry; null unless it failed', example: null }),
    finalize_cost: z.number().nullable().openapi({
      description: 'USD at most, of rendering it in full quality; null unless it is a draft',
      example: null,
    }),
    budget_usd: z
      .number()
      .nullable()
      .openapi({ description: 'What it may cost in all; null for no limit of its own', example: null }),
    budget_override: BudgetOverrideJson.nullable().openapi({
      description: 'Who last approved of more than a budget had left',
      example: null,
    }),
    /** The newest: what more was made of it, or is being made. */
    revision: RevisionJson.nullable(),
    decision: z
      .object({ decision: z.string(), by: z.string().nullable(), note: z.string().nullable(), at: timestamp })
      .nullable()
      .openapi({ example: null }),
    inserted_at: timestamp,
    updated_at: timestamp,
  })
  .openapi('Job')

/** What other rows say of a job. */
export interface AboutJob {
  /** What the ledger says was bought. */
  spentMicroUsd: number
  /** The newest, if there is one. */
  revision: Revision | null
  /** Of its film, if there is one. */
  videoVersion: number | null
  /** What a retry will cost, if it failed. */
  retryMicroUsd: number | null
  /** What rendering it in full quality will cost, if it is a draft. */
  finalizeMicroUsd: number | null
  /** What was made of its photos when the storyboard was written. */
  photos: JobPhoto[]
}

export function jobJson(
  job: JobWithScenes,
  { spentMicroUsd, revision, videoVersion, retryMicroUsd, finalizeMicroUsd, photos }: AboutJob,
): z.infer<typeof JobJson> {
  const settings = JobSettings.parse(job.settings)
  const { fps } = filmProfile(settings)
  return {
    ...jobSummaryJson(job, spentMicroUsd, revision),
    parameters: job.parameters as Record<string, unknown>,
    video_model: settings.videoModel,
    asset_ids: settings.assetIds ?? null,
    storyboard: storyboardJson(job.scenes, settings, photos),
    frame_rate: fps.num / fps.den,
    video_version: videoVersion,
    retry_cost: retryMicroUsd === null ? null : usd(retryMicroUsd),
    finalize_cost: finalizeMicroUsd === null ? null : usd(finalizeMicroUsd),
    budget_usd: budgetUsd(job.budgetCents),
    budget_override: budgetOverrideJson(job.budgetOverride),
  }
}

type SummedUpJob = Job & { scenes: Pick<Scene, 'position' | 'voiceError'>[] }

/** The same without what a list leaves out, and would take a while to make for every job. */
export function jobSummaryJson(
  job: SummedUpJob,
  spentMicroUsd: number,
  revision: Revision | null,
): Omit<
  z.infer<typeof JobJson>,
  | 'parameters'
  | 'video_model'
  | 'asset_ids'
  | 'storyboard'
  | 'frame_rate'
  | 'video_version'
  | 'retry_cost'
  | 'finalize_cost'
  | 'budget_usd'
  | 'budget_override'
> {
  const stage = job.stage as z.infer<typeof JobJson>['current_stage']
  return {
    job_id: job.id,
    type: job.type as z.infer<typeof JobJson>['type'],
    status: job.status as z.infer<typeof JobJson>['status'],
    video_name: job.videoName,
    campaign_id: job.campaignId,
    client_id: job.clientId,
    estimated_cost: usd(job.estimateMicroUsd),
    costs: { estimated: usd(job.estimateMicroUsd), actual: usd(spentMicroUsd), currency: 'USD' },
    progress_percentage: job.percentage,
    current_stage: stage,
    progress: { stage, percentage: job.percentage, error: job.error, audio_error: audioErrorOf(job) },
    quality: JobSettings.parse(job.settings).quality,
    storyboard_ready: job.storyboardVersion > 0,
    storyboard_version: job.storyboardVersion,
    storyboard_source: job.storyboardSource,
    storyboard_note: job.storyboardNote,
    revision: revision && revisionJson(revision),
    decision:
      job.decision && job.decidedAt
        ? { decision: job.decision, by: job.decidedBy, note: job.decisionNote, at: job.decidedAt.toISOString() }
        : null,
    inserted_at: job.insertedAt.toISOString(),
    updated_at: job.updatedAt.toISOString(),
  }
}

function audioErrorOf({ audioError, scenes }: SummedUpJob): string | null {
  const unspoken = scenes.flatMap(({ position, voiceError }) =>
    voiceError ? `The voice-over of scene ${position + 1} failed: ${voiceError}` : [],
  )
  return [audioError ?? [], unspoken].flat().join(' ') || null
}
