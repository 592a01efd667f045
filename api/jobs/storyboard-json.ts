/** A storyboard as the API shows it: its scenes in order, with the times that follow from their durations. */
import { z } from '@hono/zod-openapi'
import type { JobSettings } from '../../domain/settings.ts'
import { filmTimes } from '../../domain/transitions.ts'
import { OVERLAY_KINDS, Overlays } from '../../domain/words.ts'
import type { JobPhoto } from '../../prisma/queries/job-photos.ts'
import type { Scene } from '../../prisma/queries/jobs.ts'
import { sceneEstimateMicroUsd } from '../../providers/estimate.ts'
import { filmProfile } from '../../providers/film-profile.ts'
import { sceneModel } from '../../providers/scene-model.ts'
import { assetId, EXAMPLES, sceneId } from '../ids.ts'
import { usd } from '../usd.ts'

export const StoryboardSceneJson = z
  .object({
    id: sceneId,
    title: z.string().nullable().openapi({ example: 'Morning in the kitchen' }),
    description: z.string().nullable().openapi({ example: 'Light moves over the worktop towards the window' }),
    prompt: z.string().nullable().openapi({ example: 'A slow push through a bright kitchen towards the lake' }),
    duration: z.number().openapi({ description: 'Seconds', example: 6 }),
    model: z
      .string()
      .nullable()
      .openapi({ description: "The video model that it names; null for the job's", example: null }),
    variants: z
      .int()
      .nullable()
      .openapi({ description: 'How many clips of it are bought; null for what the job says', example: null }),
    time_start: z.number().openapi({ description: 'Seconds, in the film', example: 0 }),
    time_end: z
      .number()
      .openapi({ description: 'Seconds, in the film; after the next scene has begun where they overlap', example: 6 }),
    transition: z.string().openapi({ description: 'Into the next scene', example: 'cut' }),
    transition_duration: z.number().nullable().openapi({ description: 'Seconds; null as usual', example: null }),
    scene_type: z.string().nullable().openapi({ example: 'kitchen' }),
    camera_movement: z.string().nullable().openapi({ example: 'slow push in' }),
    motion_goal: z.string().nullable().openapi({ example: 'arrive at the window' }),
    asset_ids: z
      .array(z.uuid())
      .openapi({ description: 'The first and the last frame', example: [...EXAMPLES.assets] }),
    uses_last_frame: z.boolean().openapi({
      description:
        'Whether its model ends with the second picture, where it has two; else its prompt had better not speak of that',
      example: true,
    }),
    music_description: z.string().nullable().openapi({ example: 'Soft piano' }),
    music_style: z.string().nullable().openapi({ example: 'ambient' }),
    music_energy: z.string().nullable().openapi({ example: 'low' }),
    overlays: z
      .array(z.object({ kind: z.enum(OVERLAY_KINDS), text: z.string() }))
      .openapi({ description: 'Words on the picture', example: [{ kind: 'title', text: 'A house by the lake' }] }),
    caption: z.string().nullable().openapi({ example: 'The kitchen opens to the water' }),
    voice_over: z.string().nullable().openapi({ description: 'What is spoken over the scene', example: null }),
    keep_clip_audio: z
      .boolean()
      .nullable()
      .openapi({ description: "Whether the clip's own sound is heard; null for what the job says", example: null }),
    estimated_cost: z.number().openapi({
      description: "USD, with its music and its voice-over: those of all scenes are the job's",
      example: 2.4,
    }),
  })
  .openapi('StoryboardScene')

export const StoryboardPhotoJson = z
  .object({
    asset_id: assetId,
    name: z.string().openapi({ example: 'garage.jpg' }),
    type: z.string().nullable().openapi({ description: 'The property type that it was taken for', example: null }),
    confidence: z
      .number()
      .nullable()
      .openapi({ description: 'How sure that is, 0 to 1; 0 where nothing told', example: 0.8 }),
    left_out: z
      .string()
      .nullable()
      .openapi({ description: 'Why no scene shows it', example: 'Its name says “garage”, which is not asked for.' }),
  })
  .openapi('StoryboardPhoto')

export const StoryboardJson = z
  .object({
    scenes: z.array(StoryboardSceneJson),
    total_duration: z.number().openapi({ description: 'Seconds, of all scenes together', example: 6 }),
    film_duration: z
      .number()
      .openapi({ description: 'Seconds that the film lasts: less, where scenes overlap in transitions', example: 6 }),
    photos: z
      .array(StoryboardPhotoJson)
      .openapi({ description: 'Photos of which there is something to tell, as it was written; 200 at most' }),
  })
  .openapi('Storyboard')

/**
 * @param scenes in storyboard order
 * @param settings of their job
 * @param photos what was made of the photos when it was written
 */
export function storyboardJson(
  scenes: Scene[],
  settings: JobSettings,
  photos: JobPhoto[],
): z.infer<typeof StoryboardJson> {
  const times = filmTimes(scenes, filmProfile(settings).fps)
  const shown = new Set(scenes.flatMap(({ firstAssetId, lastAssetId }) => [firstAssetId, lastAssetId]))
  return {
    scenes: scenes.map((scene, index) => ({
      ...storyboardFields(scene, settings),
      time_start: times.scenes[index]?.start ?? 0,
      time_end: times.scenes[index]?.end ?? 0,
    })),
    total_duration: scenes.reduce((sum, { duration }) => sum + duration, 0),
    film_duration: times.duration,
    photos: photos.map(({ assetId: asset_id, name, type, confidence, leftOut }) => {
      // Whoever edits may have put it in.
      return { asset_id, name, type, confidence, left_out: shown.has(asset_id) ? null : leftOut }
    }),
  }
}

/** What the storyboard says of a scene, whatever became of it. */
export function storyboardFields(scene: Scene, settings: JobSettings) {
  return {
    id: scene.id,
    title: scene.title,
    description: scene.description,
    prompt: scene.prompt,
    duration: scene.duration,
    model: scene.model,
    variants: scene.variants,
    transition: scene.transition,
    transition_duration: scene.transitionDuration,
    scene_type: scene.sceneType,
    camera_movement: scene.cameraMovement,
    motion_goal: scene.motionGoal,
    asset_ids: [scene.firstAssetId, scene.lastAssetId].filter((id): id is string => id !== null),
    uses_last_frame: showsTwo(scene) && sceneModel(settings, scene).lastFrame,
    music_description: scene.musicDescription,
    music_style: scene.musicStyle,
    music_energy: scene.musicEnergy,
    overlays: Overlays.parse(scene.overlays ?? []),
    caption: scene.caption,
    voice_over: scene.voiceOver,
    keep_clip_audio: scene.keepClipAudio,
    estimated_cost: usd(scene.estimateMicroUsd ?? sceneEstimateMicroUsd(settings, scene)),
  }
}

const showsTwo = ({ firstAssetId, lastAssetId }: Scene) => lastAssetId !== null && lastAssetId !== firstAssetId
