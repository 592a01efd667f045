/** The prediction ledger: what we mean to buy, may have bought, and bought. Written before the purchase. */
import { randomBytes } from 'node:crypto'
import type { PredictionFailure } from '../../domain/prediction.ts'
import type { Database, Db, Prisma } from '../client.ts'
import type { Prediction } from '../generated/client.ts'

export interface LedgerKey {
  jobId: number
  /** "scene:<id>" or "music:<position>" (domain/prediction.ts). */
  subject: string
  attempt: number
}

export function findPrediction(db: Db, { jobId, subject, attempt }: LedgerKey): Promise<Prediction | null> {
  return db.prediction.findUnique({ where: { jobId_subject_attempt: { jobId, subject, attempt } } })
}

/**
 * The newest attempt of a purchase; null when none was begun.
 * @param which where it is a segment: of which soundtrack
 */
export function newestAttempt(
  db: Db,
  jobId: number,
  subject: string,
  which: Prisma.PredictionWhereInput = {},
): Promise<Prediction | null> {
  return db.prediction.findFirst({ where: { ...which, jobId, subject }, orderBy: { attempt: 'desc' } })
}

/** The ledger, newest first, page by page. */
export async function listPredictions(
  db: Db,
  where: { state?: string; jobId?: number },
  { limit, offset }: { limit: number; offset: number },
): Promise<{ predictions: Prediction[]; total: number }> {
  const [predictions, total] = await Promise.all([
    db.prediction.findMany({ where, orderBy: [{ insertedAt: 'desc' }, { id: 'asc' }], take: limit, skip: offset }),
    db.prediction.count({ where }),
  ])
  return { predictions, total }
}

/** Predictions of which nobody knows whether they were bought, and nobody has decided yet; oldest first. */
export function findUnknownPredictions(db: Db, which: Prisma.PredictionWhereInput): Promise<Prediction[]> {
  return db.prediction.findMany({ where: { ...which, state: 'unknown' }, orderBy: { insertedAt: 'asc' } })
}

/**
 * Opens the ledger's row for a purchase; whoever comes second gets the row of the first.
 * @param draft what is known before anything is sent; seconds of output, price in micro-USD; `decided` says whose decision
 * it is to pay again, where it is a person's
 */
export async function openIntent(
  db: Database,
  key: LedgerKey,
  {
    decided,
    ...draft
  }: Pick<Prediction, 'sceneId' | 'model' | 'seconds' | 'priceMicroUsd'> & {
    soundtrack?: number | null
    decided?: string | null
  },
): Promise<Prediction> {
  const before = key.attempt > 1 ? await findPrediction(db, { ...key, attempt: key.attempt - 1 }) : null
  const reason = [decided, before && reasonAfter(before)].filter(Boolean).join('; ') || 'first'
  return db.prediction.upsert({
    where: { jobId_subject_attempt: key },
    create: { ...key, ...draft, reason, token: randomBytes(18).toString('base64url') },
    update: {},
  })
}

/** Why another attempt is bought after this one. */
function reasonAfter({ attempt, state, error }: Prediction): string {
  const ended = state === 'succeeded' && error ? 'succeeded, but its output was lost' : `ended as ${state}`
  return `attempt ${attempt} ${ended}${error ? `: ${error}` : ''}`
}

/** Pins the request that is sent, once: a second POST would be the same as the first. */
export async function pinRequest(
  db: Database,
  id: string,
  request: { model: string; input: Record<string, unknown> },
  marker: string,
): Promise<Prediction> {
  await db.prediction.updateMany({
    where: { id, marker: null },
    data: { request: request as unknown as Prisma.InputJsonObject, marker },
  })
  return db.prediction.findUniqueOrThrow({ where: { id } })
}

/**
 * Claims the right to POST: compare-and-set against the row as it was read, so that a late attempt and its successor
 * never both POST.
 * @param seen the row as it was when it was found free to be posted
 * @returns whether the claim was won
 */
export async function claimPost(db: Database, seen: Prediction, owner: string, leaseUntil: Date): Promise<boolean> {
  const { count } = await db.prediction.updateMany({
    where: {
      id: seen.id,
      providerId: null,
      state: { in: ['intent', 'refused'] },
      // A job that was canceled while its pictures were uploaded buys nothing any more.
      job: { canceledAt: null },
      postedAt: seen.postedAt,
      leaseOwner: seen.leaseOwner,
      leaseUntil: seen.leaseUntil,
    },
    data: { state: 'intent', leaseOwner: owner, leaseUntil, postedAt: seen.postedAt ?? new Date(), error: null },
  })
  return count === 1
}

/** The provider has it: from here on it is waited for, never bought again. */
export async function markSubmitted(db: Database, id: string, providerId: string): Promise<void> {
  await db.prediction.updateMany({
    where: { id, providerId: null },
    data: { providerId, state: 'submitted', leaseOwner: null, leaseUntil: null },
  })
}

/** The provider said no to the POST of `owner` before anything was bought: the intent may be claimed again. */
export async function markRefused(db: Database, id: string, owner: string, reason: string): Promise<void> {
  await db.prediction.updateMany({
    where: { id, providerId: null, leaseOwner: owner },
    data: { state: 'refused', leaseOwner: null, leaseUntil: null, postedAt: null, error: reason },
  })
}

/** How it ended, once. */
export async function settlePrediction(
  db: Database,
  id: string,
  state: 'succeeded' | 'failed' | 'canceled' | 'unknown',
  ending: { outputUrl?: string | null; failure?: PredictionFailure; error?: string | null } = {},
): Promise<void> {
  await db.prediction.updateMany({
    where: { id, state: { in: ['intent', 'submitted', 'refused'] } },
    data: { ...ending, state, finishedAt: new Date(), leaseOwner: null, leaseUntil: null },
  })
}

/** It succeeded and is paid for, but what it made can't be had: it stays `succeeded`, with what became of its output. */
export async function recordLostOutput(
  db: Database,
  id: string,
  loss: { failure: PredictionFailure; error: string },
): Promise<void> {
  await db.prediction.updateMany({ where: { id, state: 'succeeded' }, data: loss })
}

/** How many attempts at a purchase ended in the same failure, from the one that a person decided on up to this one. */
export function countFailures(
  db: Database,
  { jobId, subject, attempt, failure }: Prediction,
  first: number,
): Promise<number> {
  return db.prediction.count({ where: { jobId, subject, failure, attempt: { gte: first, lte: attempt } } })
}
