/** Puts a revision's film in the place of the finished one, in one step. */
import { replaceFilm as takePlace } from '../prisma/queries/films.ts'
import type { ActivityDeps } from './deps.ts'

export const replaceFilm =
  ({ db }: ActivityDeps) =>
  ({ jobId, revision }: { jobId: number; revision: number }): Promise<void> =>
    takePlace(db, jobId, revision)
