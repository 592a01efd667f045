/** Puts a revision's film in the place of the finished one, in one step. */
import { JobSettings } from '../domain/settings.ts'
import { replaceFilm as takePlace } from '../prisma/queries/films.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import { finalMicroUsd } from '../providers/scene-model.ts'
import type { ActivityDeps } from './deps.ts'

export const replaceFilm =
  ({ db }: ActivityDeps) =>
  async ({ jobId, revision }: { jobId: number; revision: number }): Promise<void> => {
    const settings = JobSettings.parse((await getJob(db, jobId)).settings)
    await takePlace(db, jobId, revision, (scene) => finalMicroUsd(settings, scene))
  }
