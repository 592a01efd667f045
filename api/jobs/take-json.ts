/** A take of a scene as the API shows it: a clip that was rendered of it, shown or not. */
import { isDeepStrictEqual } from 'node:util'
import { z } from '@hono/zod-openapi'
import { QUALITIES } from '../../domain/settings.ts'
import { scenePrompt } from '../../domain/storyboard.ts'
import type { Scene } from '../../prisma/queries/jobs.ts'
import type { SceneChanges } from '../../prisma/queries/revisions.ts'
import type { Take } from '../../prisma/queries/takes.ts'
import { assetId, EXAMPLES } from '../ids.ts'
import { timestamp } from '../responses.ts'

const CLIP = `/api/v3/videos/${EXAMPLES.job}/clips/clip_${EXAMPLES.scene}`

export const TakeJson = z
  .object({
    attempt: z.int().openapi({ example: 1 }),
    shown: z.boolean().openapi({ description: 'Whether the film shows this one', example: true }),
    quality: z.enum(QUALITIES).openapi({ description: 'A draft is shown by a draft alone', example: 'final' }),
    out_of_date: z.boolean().openapi({
      description: 'Whether the scene was edited since; else it is an alternative to what is shown',
      example: false,
    }),
    prompt: z.string().nullable().openapi({ example: 'A slow push in through the front door' }),
    asset_ids: z.array(assetId),
    video_url: z.string().openapi({ example: `${CLIP}_take1.mp4` }),
    thumbnail_url: z.string().openapi({ example: `${CLIP}_take1.mp4/thumbnail` }),
    inserted_at: timestamp,
  })
  .openapi('Take')

export function takeJson(scene: Scene, take: Take): z.infer<typeof TakeJson> {
  const { attempt, prompt, firstAssetId, lastAssetId } = take
  const clip = `/api/v3/videos/${scene.jobId}/clips/clip_${scene.id}_take${attempt}.mp4`
  return {
    ...{ attempt, prompt },
    shown: isShown(scene, take),
    quality: take.isDraft ? 'draft' : 'final',
    out_of_date: isOutOfDate(scene, take),
    asset_ids: [firstAssetId, lastAssetId].filter((id): id is string => id !== null),
    video_url: clip,
    thumbnail_url: `${clip}/thumbnail`,
    inserted_at: take.insertedAt.toISOString(),
  }
}

export const isShown = (scene: Scene, take: Take) => scene.clipPredictionId === take.predictionId

/** Whether a take was rendered from other words or pictures than the storyboard has now. */
export function isOutOfDate(scene: Scene, { prompt, firstAssetId, lastAssetId, storyboard }: Take): boolean {
  const before = { ...scene, ...((storyboard ?? { prompt, firstAssetId, lastAssetId }) as SceneChanges) }
  return !isDeepStrictEqual(rendered(before), rendered(scene))
}

const rendered = (scene: Scene) => [
  ...[scenePrompt(scene), scene.model, scene.firstAssetId, scene.lastAssetId],
  ...[scene.overlays ?? [], scene.caption ?? ''],
]
