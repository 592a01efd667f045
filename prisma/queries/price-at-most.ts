/** Prices, where something is still to be made of a job before what is asked for. */
import { OPEN_REVISION_STATES } from '../../domain/revision.ts'
import type { Db } from '../client.ts'
import type { JobWithScenes } from './jobs.ts'
import type { SceneChanges } from './revisions.ts'

/**
 * What it costs at most: each revision before it may leave its scenes with another model, or fail and leave them as they
 * are, so the dearest that a scene may have by then is taken.
 * @param price of a job with these scenes, in micro-USD; a scene's part in it depends on no other scene
 */
export async function priceAtMost(
  db: Db,
  job: JobWithScenes,
  price: (job: JobWithScenes) => Promise<number> | number,
): Promise<number> {
  let dearest = { job, microUsd: await price(job) }
  for (const { sceneId, model } of await modelsOnTheWay(db, job.id)) {
    const scenes = dearest.job.scenes.map((scene) => (scene.id === sceneId ? { ...scene, model } : scene))
    const changed = { ...job, scenes }
    const microUsd = await price(changed)
    if (microUsd > dearest.microUsd) dearest = { job: changed, microUsd }
  }
  return dearest.microUsd
}

/** The models that revisions which are still to be made, or are being made, give to scenes; null is the job's. */
async function modelsOnTheWay(db: Db, jobId: number) {
  const open = await db.sceneRevision.findMany({
    where: { revision: { jobId, state: { in: OPEN_REVISION_STATES } } },
    select: { sceneId: true, changes: true, takeId: true },
  })
  const takeIds = open.map(({ takeId }) => takeId).filter((id) => id !== null)
  const takes = takeIds.length > 0 ? await db.take.findMany({ where: { id: { in: takeIds } } }) : []
  return open.flatMap(({ sceneId, changes, takeId }) => {
    // A take brings back the scene as it was when that was rendered.
    const said = takeId === null ? changes : takes.find(({ id }) => id === takeId)?.storyboard
    const { model } = (said ?? {}) as SceneChanges
    return model === undefined ? [] : [{ sceneId, model }]
  })
}
