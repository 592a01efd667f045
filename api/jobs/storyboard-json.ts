/** A storyboard as the API shows it: its scenes in order, with the times that follow from their durations. */
import { z } from '@hono/zod-openapi'
import type { Scene } from '../../prisma/queries/jobs.ts'
import { EXAMPLES, sceneId } from '../ids.ts'

export const StoryboardSceneJson = z
  .object({
    id: sceneId,
    title: z.string().nullable().openapi({ example: 'Morning in the kitchen' }),
    description: z.string().nullable().openapi({ example: 'Light moves over the worktop towards the window' }),
    prompt: z.string().nullable().openapi({ example: 'A slow push through a bright kitchen towards the lake' }),
    duration: z.number().openapi({ description: 'Seconds', example: 6 }),
    time_start: z.number().openapi({ description: 'Seconds', example: 0 }),
    time_end: z.number().openapi({ description: 'Seconds', example: 6 }),
    transition: z.string().openapi({ example: 'cut' }),
    scene_type: z.string().nullable().openapi({ example: 'kitchen' }),
    camera_movement: z.string().nullable().openapi({ example: 'slow push in' }),
    motion_goal: z.string().nullable().openapi({ example: 'arrive at the window' }),
    asset_ids: z
      .array(z.uuid())
      .openapi({ description: 'The first and the last frame', example: [...EXAMPLES.assets] }),
    music_description: z.string().nullable().openapi({ example: 'Soft piano' }),
    music_style: z.string().nullable().openapi({ example: 'ambient' }),
    music_energy: z.string().nullable().openapi({ example: 'low' }),
  })
  .openapi('StoryboardScene')

export const StoryboardJson = z
  .object({
    scenes: z.array(StoryboardSceneJson),
    total_duration: z.number().openapi({ description: 'Seconds', example: 6 }),
  })
  .openapi('Storyboard')

/** @param scenes in storyboard order */
export function storyboardJson(scenes: Scene[]): z.infer<typeof StoryboardJson> {
  let clock = 0
  const shown = scenes.map((scene) => {
    const start = clock
    clock += scene.duration
    return { ...storyboardFields(scene), time_start: start, time_end: clock }
  })
  return { scenes: shown, total_duration: clock }
}

/** What the storyboard says of a scene, whatever became of it. */
export function storyboardFields(scene: Scene) {
  return {
    id: scene.id,
    title: scene.title,
    description: scene.description,
    prompt: scene.prompt,
    duration: scene.duration,
    transition: scene.transition,
    scene_type: scene.sceneType,
    camera_movement: scene.cameraMovement,
    motion_goal: scene.motionGoal,
    asset_ids: [scene.firstAssetId, scene.lastAssetId].filter((id): id is string => id !== null),
    music_description: scene.musicDescription,
    music_style: scene.musicStyle,
    music_energy: scene.musicEnergy,
  }
}
