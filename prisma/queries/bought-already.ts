/** What of a job need not be bought again: what its next attempt will cost depends on it. */
import { canGoOn, sceneSubject } from '../../domain/prediction.ts'
import { OPEN_REVISION_STATES, RENDERING_KINDS } from '../../domain/revision.ts'
import type { Db } from '../client.ts'
import type { Job, Prediction } from '../generated/client.ts'
import { newestAttempt } from './ledger.ts'
import { isTaken } from './takes.ts'

export interface BoughtAlready {
  /** Subjects in the ledger whose newest attempt costs nothing more. */
  free: ReadonlySet<string>
  /** Positions of the pieces of music that are there. */
  music: ReadonlySet<number>
}

export async function readBoughtAlready(db: Db, { id: jobId, soundtrack }: Job): Promise<BoughtAlready> {
  const [attempts, pieces] = await Promise.all([
    db.prediction.findMany({ where: { jobId }, orderBy: { attempt: 'asc' } }),
    db.audioSegment.findMany({ where: { jobId, soundtrack, blobHash: { not: null } }, select: { position: true } }),
  ])
  const newest = new Map(attempts.map((prediction) => [prediction.subject, prediction]))
  return {
    free: new Set([...newest.values()].filter(isFree).map(({ subject }) => subject)),
    music: new Set(pieces.map(({ position }) => position)),
  }
}

/** One that was refused, or perhaps never sent, may still have to be paid for. */
const isFree = (prediction: Prediction) => !['refused', 'intent'].includes(prediction.state) && canGoOn(prediction)

/**
 * Scenes of a draft that need not be bought again in full quality: a finalizing that failed has a clip of them, or one that
 * runs or can be fetched, and since then none of them was asked for anew, nor another take of it chosen.
 * @returns their ids
 */
export async function readBoughtInFull(db: Db, jobId: number): Promise<ReadonlySet<string>> {
  const free = new Set<string>()
  const newest = await db.revision.findFirst({
    // One that was refused before it began changed nothing; one that is still to be made will.
    where: {
      ...{ jobId, kind: { in: RENDERING_KINDS } },
      OR: [{ startedAt: { not: null } }, { state: { in: OPEN_REVISION_STATES } }],
    },
    orderBy: { number: 'desc' },
    include: { scenes: true },
  })
  if (newest?.kind !== 'finalize' || newest.state !== 'failed') return free
  const since = { jobId, number: { gt: newest.number }, state: { not: 'failed' } }
  const choices = await db.sceneRevision.findMany({ where: { takeId: { not: null }, revision: since } })
  const chosen = new Set(choices.map(({ sceneId }) => sceneId))
  for (const { sceneId, firstAttempt } of newest.scenes) {
    if (chosen.has(sceneId)) continue
    const attempt = await newestAttempt(db, jobId, sceneSubject(sceneId))
    if (!attempt || attempt.attempt < (firstAttempt ?? 1)) continue
    if (isFree(attempt) || (await isTaken(db, attempt.id))) free.add(sceneId)
  }
  return free
}
