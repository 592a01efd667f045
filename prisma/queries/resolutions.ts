/** What operators decide about purchases of unknown outcome. */
import type { Resolution } from '../../domain/prediction.ts'
import { type Database, type Db, Prisma } from '../client.ts'
import { getJob, type Prediction } from './jobs.ts'
import type { LedgerKey } from './ledger.ts'
import { recordEvent } from './progress.ts'
import { queueResolved } from './resolved-purchases.ts'
import type { Revision, Spending } from './revisions.ts'

interface Decided {
  prediction: Prediction
  /** Null where nothing more is made. */
  revision: Revision | null
}
export type Resolved = ({ outcome: 'resolved' } & Decided) | { outcome: 'refused'; reason: string }

interface ResolutionWish {
  resolution: Resolution
  providerId: string | null
  by: string | null
  spending?: Spending
  /** Keeps what the request is answered that asked for it, in the same transaction. */
  keepAnswer?: (tx: Db, decided: Decided) => Promise<void>
}

/** Whether it was decided since then that an earlier attempt at this purchase is paid for again. */
export async function isPaidAgainSince(
  db: Database,
  { jobId, subject, attempt }: LedgerKey,
  since: Date,
): Promise<boolean> {
  const decided = { resolution: 'pay_again', resolvedAt: { gt: since } }
  return (await db.prediction.count({ where: { jobId, subject, attempt: { lt: attempt }, ...decided } })) > 0
}

/** Nothing would go on with it: the decision is taken back. */
class NotTaken extends Error {}

/**
 * Decided once. An adopted prediction is waited for like any other; one that is paid for again is a new attempt. Either
 * way the job goes on by itself with the scene or the music.
 * @param decided with the prediction's id at the provider, to adopt it; what budgets are asked, where more is bought
 * @throws OverBudget
 */
export async function resolvePrediction(
  db: Database,
  id: string,
  { resolution, providerId, by, spending, keepAnswer }: ResolutionWish,
): Promise<Resolved> {
  const resolving = db.$transaction(async (tx): Promise<Resolved> => {
    const adopted = resolution === 'adopt'
    const { count } = await tx.prediction.updateMany({
      where: { id, state: 'unknown' },
      data: {
        ...(adopted
          ? { state: 'submitted', providerId, error: null, finishedAt: null }
          : { state: 'abandoned', error: `Of unknown outcome; ${by ?? 'someone unnamed'} decided: ${resolution}` }),
        ...{ resolution, resolvedBy: by, resolvedAt: new Date() },
      },
    })
    const prediction = await tx.prediction.findUniqueOrThrow({ where: { id } })
    if (count === 0) {
      const reason = prediction.resolution
        ? `${prediction.resolvedBy ?? 'Someone'} has decided already: ${prediction.resolution}`
        : `Its outcome is known: ${prediction.state}`
      return { outcome: 'refused', reason }
    }
    const { jobId, subject } = prediction
    await recordEvent(tx, jobId, 'resolved', { prediction_id: id, subject, resolution, by })
    const queued =
      resolution === 'abandon' ? null : await queueResolved(tx, await getJob(tx, jobId), prediction, { by, spending })
    if (queued && queued.outcome !== 'queued') {
      throw new NotTaken(queued.outcome === 'refused' ? queued.reason : 'Its job is not there any more')
    }
    const decided = { prediction, revision: queued?.revision ?? null }
    await keepAnswer?.(tx, decided)
    return { outcome: 'resolved', ...decided }
  })
  return resolving.catch((error: unknown) => {
    if (error instanceof NotTaken) return { outcome: 'refused', reason: error.message }
    const isTaken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
    if (!providerId || !isTaken) throw error
    // The database says so, not a look before: the row may be another client's, which this caller does not see.
    return { outcome: 'refused', reason: `${providerId} stands in the ledger already, for another purchase` }
  })
}
