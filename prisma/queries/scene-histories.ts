/** What became of a job's scenes: what was bought, what was rendered, what is being made again. */
import type { Db } from '../client.ts'

/**
 * @param sceneId one scene alone; absent for all
 * @returns a function that tells of each: its predictions newest first, its takes oldest first, its newest regeneration
 */
export async function sceneHistories(db: Db, jobId: number, sceneId?: string) {
  const [predictions, takes, revised] = await Promise.all([
    db.prediction.findMany({ where: { jobId, sceneId: sceneId ?? { not: null } }, orderBy: { attempt: 'desc' } }),
    db.take.findMany({ where: { scene: { jobId, id: sceneId } }, orderBy: { attempt: 'asc' } }),
    db.sceneRevision.findMany({
      where: { sceneId, revision: { jobId, kind: 'regenerate' } },
      include: { revision: { select: { number: true, state: true } } },
      orderBy: { revision: { number: 'desc' } },
    }),
  ])
  return (id: string) => ({
    predictions: predictions.filter((prediction) => prediction.sceneId === id),
    takes: takes.filter((take) => take.sceneId === id),
    regeneration: revised.find((revision) => revision.sceneId === id) ?? null,
  })
}
