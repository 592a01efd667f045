/** A scene as the API shows it: what the storyboard says of it, and what became of it. */
import { z } from '@hono/zod-openapi'
import { type SceneState, sceneStatus } from '../../domain/job.ts'
import { JobSettings } from '../../domain/settings.ts'
import type { Job, Prediction, Scene } from '../../prisma/queries/jobs.ts'
import type { SceneRevision } from '../../prisma/queries/revisions.ts'
import type { Take } from '../../prisma/queries/takes.ts'
import { clipPriceMicroUsd } from '../../providers/scene-model.ts'
import type { ApiDeps } from '../deps.ts'
import { timestamp } from '../responses.ts'
import { usd } from '../usd.ts'
import { AttemptJson, attemptJson } from './attempt-json.ts'
import { StoryboardSceneJson, storyboardFields } from './storyboard-json.ts'
import { isOutOfDate, isShown, TakeJson, takeJson } from './take-json.ts'

const RegenerationJson = z
  .object({
    revision: z.int().openapi({ example: 1 }),
    state: z.string().openapi({ description: "As a scene's", example: 'rendering' }),
    attempt: z.int().nullable().openapi({ description: 'The first that was bought for it', example: 2 }),
    error: z.string().nullable().openapi({ example: null }),
  })
  .openapi('SceneRegeneration')

/** What the next step of a scene waits for. */
const WAITS = ['approval', 'slot', 'purchase', 'provider', 'webhook', 'download'] as const

export const SceneJson = StoryboardSceneJson.omit({ time_start: true, time_end: true })
  .extend({
    status: z.enum(['pending', 'processing', 'completed', 'failed']),
    state: z.string().openapi({ description: 'The status with its inner steps', example: 'pending' }),
    provider_id: z.string().nullable().openapi({ description: 'Of the newest prediction', example: null }),
    has_video: z.boolean().openapi({ example: false }),
    video_url: z.string().nullable().openapi({ example: null }),
    thumbnail_url: z.string().nullable().openapi({ example: null }),
    attempt: z.int().openapi({ example: 1 }),
    error: z.string().nullable().openapi({ description: 'Why it failed, or which of its variants did', example: null }),
    waits_for: z
      .enum(WAITS)
      .nullable()
      .openapi({ description: 'What happens next waits for it; null where nothing happens', example: 'approval' }),
    attempts: z.array(AttemptJson).openapi({ description: 'What was bought for it, oldest first' }),
    voice_over_attempts: z
      .array(AttemptJson)
      .openapi({ description: 'What was bought to be spoken over it, oldest first' }),
    render_cost: z.number().openapi({ description: 'USD, of rendering it once', example: 1.6 }),
    out_of_date: z.boolean().openapi({
      description: 'Whether it was edited after the clip that it shows was rendered',
      example: false,
    }),
    takes: z.array(TakeJson).openapi({ description: 'Every clip that was rendered of it, oldest first' }),
    regeneration: RegenerationJson.nullable(),
    position: z.int().openapi({ description: 'From 0', example: 0 }),
    inserted_at: timestamp,
    updated_at: timestamp,
  })
  .openapi('Scene')

/** What became of a scene. */
export interface SceneHistory {
  /** Newest first. */
  predictions: Prediction[]
  /** Of its voice-over, newest first. */
  voices: Prediction[]
  /** Oldest first. */
  takes: Take[]
  regeneration: (SceneRevision & { revision: { number: number; state: string } }) | null
}

export const NO_HISTORY: SceneHistory = { predictions: [], voices: [], takes: [], regeneration: null }

type Context = Pick<ApiDeps, 'config'>

export function sceneJson(
  { config }: Context,
  job: Job,
  scene: Scene,
  { predictions, voices, takes, regeneration }: SceneHistory,
): z.infer<typeof SceneJson> {
  const clip = `/api/v3/videos/${scene.jobId}/clips/clip_${scene.id}.mp4`
  const settings = JobSettings.parse(job.settings)
  const shown = takes.find((take) => isShown(scene, take))
  const isEditUnderWay = regeneration !== null && isUnfulfilled(regeneration) && isEdit(regeneration)
  return {
    ...storyboardFields(scene, settings),
    position: scene.position,
    status: sceneStatus(scene.state as SceneState),
    state: scene.state,
    provider_id: predictions[0]?.providerId ?? null,
    has_video: scene.clipHash !== null,
    video_url: scene.clipHash ? clip : null,
    thumbnail_url: scene.clipThumbnailHash ? `${clip}/thumbnail` : null,
    attempt: scene.attempt,
    error: scene.error,
    waits_for: waitsFor(job, scene, config.replicate.webhookUrl !== undefined),
    attempts: predictions.toReversed().map(attemptJson),
    voice_over_attempts: voices.toReversed().map(attemptJson),
    render_cost: usd(clipPriceMicroUsd(settings, scene)),
    out_of_date: shown !== undefined && (isEditUnderWay || isOutOfDate(scene, shown)),
    takes: takes.map((take) => takeJson(scene, take)),
    regeneration: regeneration && {
      revision: regeneration.revision.number,
      state: regeneration.state,
      attempt: regeneration.firstAttempt,
      error: regeneration.error,
    },
    inserted_at: scene.insertedAt.toISOString(),
    updated_at: scene.updatedAt.toISOString(),
  }
}

const isUnfulfilled = ({ revision }: { revision: { state: string } }) => revision.state !== 'completed'
const isEdit = ({ changes }: SceneRevision) => Object.keys(changes as object).length > 0

function waitsFor({ status }: Job, { state }: Scene, hasWebhooks: boolean): z.infer<typeof SceneJson>['waits_for'] {
  if (status === 'pending') return 'approval'
  if (status !== 'approved' && status !== 'processing') return null
  if (state === 'rendering') return hasWebhooks ? 'webhook' : 'provider'
  return WAITED[state] ?? null
}
const WAITED: Record<string, (typeof WAITS)[number]> = {
  pending: 'slot',
  submitting: 'purchase',
  downloading: 'download',
}
