/** The prediction ledger: what we mean to buy, may have bought, and bought. Written before the purchase. */
import { randomBytes } from 'node:crypto'
import type { PredictionFailure } from '../../domain/prediction.ts'
import { type Database, type Db, Prisma } from '../client.ts'
import type { Prediction } from '../generated/client.ts'

export interface LedgerKey {
  jobId: number
  /** "scene:<id>", "music:<position>" or "voice:<position>" (domain/prediction.ts). */
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

/** What is known of a purchase before anything is sent. Seconds of output, price in micro-USD. */
export interface PurchaseDraft {
  sceneId: string | null
  /** Which soundtrack it is for, where it is music. */
  soundtrack?: number | null
  model: string
  seconds: number
  priceMicroUsd: number
  /** Whose decision it was to pay again, where a person's. */
  decided?: string | null
}

/** Unguessable; names one prediction in URLs that only the provider learns. */
export const newToken = () => randomBytes(18).toString('base64url')

/**
 * Opens the ledger's row for a purchase.
 * @param fields what else it has from the start
 * @throws a unique constraint's error when there is one already
 */
export async function openIntent(
  db: Db,
  key: LedgerKey,
  { decided, ...draft }: PurchaseDraft,
  fields: Partial<Prisma.PredictionUncheckedCreateInput> = {},
): Promise<Prediction> {
  const before = key.attempt > 1 ? await findPrediction(db, { ...key, attempt: key.attempt - 1 }) : null
  const reason = [decided, before && reasonAfter(before)].filter(Boolean).join('; ') || 'first'
  return db.prediction.create({ data: { token: newToken(), ...key, ...draft, ...fields, reason } })
}

/** Why another attempt is bought after this one. */
function reasonAfter({ attempt, state, error }: Prediction): string {
  const ended = state === 'succeeded' && error ? 'succeeded, but its output was lost' : `ended as ${state}`
  return `attempt ${attempt} ${ended}${error ? `: ${error}` : ''}`
}

/** The right to POST for a while, and what is sent. */
export interface PostClaim {
  owner: string
  leaseSeconds: number
  token: string
  request: { model: string; input: Record<string, unknown> }
  marker: string
}

/**
 * Claims the right to POST: the row is opened with it, or compare-and-set against the row as it was read, so that a late
 * attempt and its successor never both POST. The request is pinned with the claim: a second POST would be the same as the first.
 * @param seen the row as it was when it was found free to be posted; null when there was none
 * @param also is written together with it
 * @returns the claimed row; null when another attempt has claimed it, or the job was canceled meanwhile
 */
export async function claimPost(
  db: Database,
  key: LedgerKey,
  seen: Prediction | null,
  draft: PurchaseDraft,
  claim: PostClaim,
  also: (tx: Prisma.TransactionClient) => Promise<void>,
): Promise<Prediction | null> {
  try {
    return await db.$transaction(async (tx) => {
      const claimed = seen ? await claimAgain(tx, seen, claim) : await claimFirst(tx, key, draft, claim)
      if (claimed) await also(tx)
      return claimed
    })
  } catch (error) {
    const openedAlready = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
    if (!openedAlready || seen) throw error
    return null
  }
}

async function claimFirst(
  tx: Prisma.TransactionClient,
  key: LedgerKey,
  draft: PurchaseDraft,
  claim: PostClaim,
): Promise<Prediction | null> {
  // A job that was canceled while its pictures were uploaded buys nothing any more.
  const { canceledAt } = await tx.job.findUniqueOrThrow({ where: { id: key.jobId }, select: { canceledAt: true } })
  if (canceledAt) return null
  const { owner, token, marker } = claim
  const lease = { leaseOwner: owner, leaseUntil: endOf(claim), postedAt: new Date() }
  return openIntent(tx, key, draft, { ...lease, token, marker, request: asJson(claim) })
}

async function claimAgain(
  tx: Prisma.TransactionClient,
  seen: Prediction,
  claim: PostClaim,
): Promise<Prediction | null> {
  const { id, postedAt, leaseOwner } = seen
  const lease = { leaseOwner: claim.owner, leaseUntil: endOf(claim) }
  const { count } = await tx.prediction.updateMany({
    where: {
      id,
      providerId: null,
      state: { in: ['intent', 'refused'] },
      job: { canceledAt: null },
      postedAt,
      leaseOwner,
      leaseUntil: seen.leaseUntil,
      marker: seen.marker,
    },
    data: {
      ...{ ...lease, state: 'intent', postedAt: postedAt ?? new Date(), error: null },
      ...(seen.marker === null && { request: asJson(claim), marker: claim.marker }),
    },
  })
  return count === 1 ? { ...seen, ...lease, state: 'intent' } : null
}

const endOf = ({ leaseSeconds }: PostClaim) => new Date(Date.now() + leaseSeconds * 1000)
const asJson = ({ request }: PostClaim) => request as unknown as Prisma.InputJsonObject

/** The provider has it: from here on it is waited for, never bought again. */
export async function markSubmitted(db: Db, id: string, providerId: string): Promise<void> {
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

/** How it ended, once. @returns whether it was this that ended it */
export async function settlePrediction(
  db: Db,
  id: string,
  state: 'succeeded' | 'failed' | 'canceled' | 'unknown',
  ending: { outputUrl?: string | null; failure?: PredictionFailure; error?: string | null } = {},
): Promise<boolean> {
  const { count } = await db.prediction.updateMany({
    where: { id, state: { in: ['intent', 'submitted', 'refused'] } },
    data: { ...ending, state, finishedAt: new Date(), leaseOwner: null, leaseUntil: null },
  })
  return count > 0
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
