/** How long the music of a scene plays: until the next scene begins, so that over transitions it does not fall behind. */
import { JobSettings } from '../domain/settings.ts'
import { secondsUntilNext } from '../domain/transitions.ts'
import type { JobWithScenes } from '../prisma/queries/jobs.ts'
import { filmProfile } from '../providers/film-profile.ts'

export function musicSeconds({ id, scenes, settings }: JobWithScenes, position: number): number {
  const seconds = secondsUntilNext(scenes, filmProfile(JobSettings.parse(settings)).fps)[position]
  if (seconds === undefined) throw new Error(`Job ${id} has no scene at ${position}.`)
  return seconds
}
