/** What of a job need not be bought again: what its next attempt will cost depends on it. */
import { canGoOn } from '../../domain/prediction.ts'
import type { Db } from '../client.ts'
import type { Job, Prediction } from '../generated/client.ts'

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
