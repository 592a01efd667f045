/** A storyboard as the API shows it: its scenes in order, with the times that follow from their durations. */
import { z } from '@hono/zod-openapi'
import type { Scene } from '../../prisma/queries/jobs.ts'

export const StoryboardSceneJson = z
  .object({
    id: z.uuid(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    prompt: z.string().nullable(),
    duration: z.number().openapi({ description: 'Seconds' }),
    time_start: z.number().openapi({ description: 'Seconds' }),
    time_end: z.number().openapi({ description: 'Seconds' }),
    transition: z.string(),
    scene_type: z.string().nullable(),
    camera_movement: z.string().nullable(),
    motion_goal: z.string().nullable(),
    asset_ids: z.array(z.uuid()).openapi({ description: 'The first and the last frame' }),
    music_description: z.string().nullable(),
    music_style: z.string().nullable(),
    music_energy: z.string().nullable(),
  })
  .openapi('StoryboardScene')

export const StoryboardJson = z
  .object({ scenes: z.array(StoryboardSceneJson), total_duration: z.number().openapi({ description: 'Seconds' }) })
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
