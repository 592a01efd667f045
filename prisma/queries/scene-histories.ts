/** What became of a job's scenes: what was bought, what was rendered, what is being made again. */
import { positionOfVoice } from '../../domain/prediction.ts'
import { RENDERING_KINDS } from '../../domain/revision.ts'
import type { Db } from '../client.ts'

/**
 * @param sceneId one scene alone; absent for all
 * @returns a function that tells of each: its predictions and those of its voice-over newest first, its takes oldest
 *   first, its newest regeneration or finalizing
 */
export async function sceneHistories(db: Db, jobId: number, sceneId?: string) {
  // A voice-over's has its scene in its subject alone.
  const where = sceneId === undefined ? { jobId } : { jobId, OR: [{ sceneId }, { sceneId: null }] }
  const [predictions, takes, revised] = await Promise.all([
    db.prediction.findMany({ where, orderBy: { attempt: 'desc' } }),
    db.take.findMany({ where: { scene: { jobId, id: sceneId } }, orderBy: { attempt: 'asc' } }),
    db.sceneRevision.findMany({
      where: { sceneId, revision: { jobId, kind: { in: RENDERING_KINDS } } },
      include: { revision: { select: { number: true, state: true } } },
      orderBy: { revision: { number: 'desc' } },
    }),
  ])
  return ({ id, position }: { id: string; position: number }) => ({
    predictions: predictions.filter((prediction) => prediction.sceneId === id),
    voices: predictions.filter(({ subject }) => positionOfVoice(subject) === position),
    takes: takes.filter((take) => take.sceneId === id),
    regeneration: revised.find((revision) => revision.sceneId === id) ?? null,
  })
}
