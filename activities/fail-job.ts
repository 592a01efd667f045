/** Tells people what failed, and why. */
import { getJob, type JobWithScenes } from '../prisma/queries/jobs.ts'
import { advanceJob, changeScene } from '../prisma/queries/progress.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { tellSubscribers } from './tell-subscribers.ts'

export const failScene =
  (deps: ActivityDeps) =>
  async ({ jobId, sceneId, reason }: { jobId: number; sceneId: string; reason: string }): Promise<void> => {
    await changeScene(deps.db, sceneId, 'failed', { error: reason })
    await endPredictions(deps, { jobId, sceneId }, reason)
  }

export const failJob =
  (deps: ActivityDeps) =>
  async ({ jobId, reason }: { jobId: number; reason: string }): Promise<void> => {
    const { db, log } = deps
    const error = sentence(await getJob(db, jobId), reason)
    log.warn({ jobId, error }, 'job failed')
    await db.$transaction((tx) => advanceJob(tx, jobId, 'failed', { error }))
    await tellSubscribers(deps, jobId)
  }

/** Which scenes failed and why; the workflow's own reason where no scene did. */
function sentence({ scenes }: JobWithScenes, reason: string): string {
  const failed = scenes.filter((scene) => scene.state === 'failed')
  if (failed.length === 0) return reason
  const told = failed.map(({ position, title, error }) => {
    const name = title ? ` "${title}"` : ''
    return `Scene ${position + 1}${name} failed: ${error ?? 'no reason is known.'}`
  })
  const kept = scenes.filter((scene) => scene.state === 'completed').length
  return `${told.join(' ')}${kept > 0 ? ` ${kept === 1 ? 'One other scene is' : `${kept} other scenes are`} rendered and kept.` : ''}`
}
