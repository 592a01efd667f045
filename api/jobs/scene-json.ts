/** A scene as the API shows it: what the storyboard says of it, and what became of it. */
import { z } from '@hono/zod-openapi'
import { type SceneState, sceneStatus } from '../../domain/job.ts'
import type { Prediction, Scene } from '../../prisma/queries/jobs.ts'
import { timestamp } from '../responses.ts'
import { StoryboardSceneJson, storyboardFields } from './storyboard-json.ts'

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
    position: z.int().openapi({ description: 'From 0', example: 0 }),
    inserted_at: timestamp,
    updated_at: timestamp,
  })
  .openapi('Scene')

/** @param predictions those of this scene, newest first */
export function sceneJson(scene: Scene, predictions: Prediction[]): z.infer<typeof SceneJson> {
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
    inserted_at: scene.insertedAt.toISOString(),
    updated_at: scene.updatedAt.toISOString(),
  }
}
