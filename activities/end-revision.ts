/** How a revision ends: done, or with what failed and why. */
import { isRendering } from '../domain/revision.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import { findRevision, endRevision as markEnded } from '../prisma/queries/revisions.ts'
import type { ActivityDeps } from './deps.ts'
import { tellFailedScenes } from './failed-scenes.ts'

export const endRevision =
  ({ db }: ActivityDeps) =>
  async ({ jobId, number }: { jobId: number; number: number }): Promise<void> => {
    await db.$transaction((tx) => markEnded(tx, jobId, number, null))
  }

/** @returns the reason, with the scenes that failed by name */
export const failRevision =
  ({ db, log }: ActivityDeps) =>
  async ({
    jobId,
    number,
    reason: given,
  }: {
    jobId: number
    number: number
    reason: string
  }): Promise<{ reason: string }> => {
    const { scenes } = await getJob(db, jobId)
    const revision = await findRevision(db, jobId, number)
    const states = new Map(revision?.scenes.map(({ sceneId, state, error }) => [sceneId, { state, error }]))
    const revised = scenes.map((scene) => ({ ...scene, ...(isRendering(revision?.kind) && states.get(scene.id)) }))
    const reason = tellFailedScenes(revised) ?? given
    log.warn({ jobId, revision: number, reason }, 'revision failed')
    await db.$transaction((tx) => markEnded(tx, jobId, number, reason))
    return { reason }
  }
