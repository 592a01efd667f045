/** Renders the transition between two scenes while others still render, so that the film waits less for it. */
import { settingsOf } from '../domain/settings.ts'
import { kindOfFilm, scenesToShow } from '../prisma/queries/films.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import { filmProfile } from '../providers/film-profile.ts'
import type { ActivityDeps } from './deps.ts'
import { isShown, transitionFile, transitionsOf } from './film-transitions.ts'
import { canceled } from './heartbeat.ts'
import { inTempFolder } from './temp-folder.ts'

export const renderTransition =
  (deps: ActivityDeps) =>
  /** @param position of the scene that the transition leads from */
  async ({ jobId, position, revision }: { jobId: number; position: number; revision?: number }): Promise<void> => {
    const job = await getJob(deps.db, jobId)
    const scenes = await scenesToShow(deps.db, job, revision)
    const profile = filmProfile(settingsOf(job, await kindOfFilm(deps.db, jobId, revision)))
    const transition = transitionsOf(scenes, profile)[position]
    const [from, to] = [scenes[position], scenes[position + 1]]
    // Whatever came between, the film's stitching renders what lacks.
    if (!transition || !isShown(from) || !isShown(to)) return
    const signal = canceled()
    await inTempFolder(deps.tempDir, (folder) =>
      transitionFile(deps, [from, to], transition, { profile, folder, signal }),
    )
  }
