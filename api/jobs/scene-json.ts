/** A scene as the API shows it: what the storyboard says of it, and what became of it. */
import { z } from '@hono/zod-openapi'
import { type SceneState, sceneStatus } from '../../domain/job.ts'
import type { Prediction, Scene } from '../../prisma/queries/jobs.ts'
import type { SceneRevision } from '../../prisma/queries/revisions.ts'
import type { Take } from '../../prisma/queries/takes.ts'
import { assetId, EXAMPLES } from '../ids.ts'
import { timestamp } from '../responses.ts'
import { StoryboardSceneJson, storyboardFields } from './storyboard-json.ts'

const CLIP = `/api/v3/videos/${EXAMPLES.job}/clips/clip_${EXAMPLES.scene}`

const TakeJson = z
  .object({
    attempt: z.int().openapi({ example: 1 }),
    shown: z.boolean().openapi({ description: 'Whether the film shows this one', example: true }),
    prompt: z.string().nullable().openapi({ example: 'A slow push in through the front door' }),
    asset_ids: z.array(assetId),
    video_url: z.string().openapi({ example: `${CLIP}_take1.mp4` }),
    thumbnail_url: z.string().openapi({ example: `${CLIP}_take1.mp4/thumbnail` }),
    inserted_at: timestamp,
  })
  .openapi('Take')

const RegenerationJson = z
  .object({
    revision: z.int().openapi({ example: 1 }),
    state: z.string().openapi({ description: "As a scene's", example: 'rendering' }),
    attempt: z.int().nullable().openapi({ description: 'The first that was bought for it', example: 2 }),
    error: z.string().nullable().openapi({ example: null }),
  })
  .openapi('SceneRegeneration')

export const SceneJson = StoryboardSceneJson.omit({ time_start: true, time_end: true })
  .extend({
    status: z.enum(['pending', 'processing', 'completed', 'failed']),
    state: z.string().openapi({ description: 'The status with its inner steps', example: 'pending' }),
    provider_id: z.string().nullable().openapi({ description: 'Of the newest prediction', example: null }),
    has_video: z.boolean().openapi({ example: false }),
    video_url: z.string().nullable().openapi({ example: null }),
    thumbnail_url: z.string().nullable().openapi({ example: null }),
    attempt: z.int().openapi({ example: 1 }),
    error: z.string().nullable().openapi({ example: null }),
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
  /** Oldest first. */
  takes: Take[]
  regeneration: (SceneRevision & { revision: { number: number } }) | null
}

export const NO_HISTORY: SceneHistory = { predictions: [], takes: [], regeneration: null }

export function sceneJson(scene: Scene, { predictions, takes, regeneration }: SceneHistory): z.infer<typeof SceneJson> {
  const clip = `/api/v3/videos/${scene.jobId}/clips/clip_${scene.id}.mp4`
  return {
    ...storyboardFields(scene),
    position: scene.position,
    status: sceneStatus(scene.state as SceneState),
    state: scene.state,
    provider_id: predictions[0]?.providerId ?? null,
    has_video: scene.clipHash !== null,
    video_url: scene.clipHash ? clip : null,
    thumbnail_url: scene.clipThumbnailHash ? `${clip}/thumbnail` : null,
    attempt: scene.attempt,
    error: scene.error,
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

function takeJson(scene: Scene, take: Take): z.infer<typeof TakeJson> {
  const { attempt, prompt, firstAssetId, lastAssetId } = take
  const clip = `/api/v3/videos/${scene.jobId}/clips/clip_${scene.id}_take${attempt}.mp4`
  return {
    ...{ attempt, prompt },
    shown: scene.clipPredictionId === take.predictionId,
    asset_ids: [firstAssetId, lastAssetId].filter((id): id is string => id !== null),
    video_url: clip,
    thumbnail_url: `${clip}/thumbnail`,
    inserted_at: take.insertedAt.toISOString(),
  }
}
