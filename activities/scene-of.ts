/** The scene of a job that an activity is about. */
import type { JobWithScenes, Scene } from '../prisma/queries/jobs.ts'

/** @param position its place in the film, from 0 */
export function sceneAt({ id, scenes }: JobWithScenes, position: number): Scene {
  const scene = scenes[position]
  if (!scene) throw new Error(`Job ${id} has no scene at ${position}.`)
  return scene
}

export function sceneById({ id, scenes }: JobWithScenes, sceneId: string): Scene {
  const scene = scenes.find((one) => one.id === sceneId)
  if (!scene) throw new Error(`Job ${id} has no scene ${sceneId}.`)
  return scene
}
