/** The prediction ledger: what we mean to buy, may have bought, and bought. Written before the purchase. */
import { randomBytes, randomUUID } from 'node:crypto'
import { MUSIC, type PredictionFailure } from '../../domain/prediction.ts'
import { type Database, type Db, Prisma } from '../client.ts'
import type { Job, Prediction } from '../generated/client.ts'
import { assignments, columnsOf, insertion, inTransaction, type Statements, statements } from '../statements.ts'

const { sql } = Prisma
const COLUMNS = columnsOf(Prisma.PredictionScalarFieldEnum)

export interface LedgerKey {
  jobId: number
  /** "scene:<id>", "music:<position>" or "voice:<position>" (domain/prediction.ts). */
  subject: string
  attempt: number
}

export function findPrediction(db: Database, key: LedgerKey): Promise<Prediction | null> {
  return findBy(statements(db), key)
}

async function findBy(by: Statements, { jobId, subject, attempt }: LedgerKey): Promise<Prediction | null> {
  const [row] = await by.$queryRaw<Prediction[]>(
    sql`SELECT ${COLUMNS} FROM "Prediction" WHERE "jobId" = ${jobId} AND "subject" = ${subject} AND "attempt" = ${attempt}`,
  )
  return row ?? null
}

/** @throws when there is none */
export async function getPrediction(by: Statements, id: string): Promise<Prediction> {
  const [row] = await by.$queryRaw<Prediction[]>(sql`SELECT ${COLUMNS} FROM "Prediction" WHERE "id" = ${id}`)
  if (!row) throw new Error(`There is no prediction ${id} in the ledger.`)
  return row
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

/** What was bought for a job's music, oldest first. */
export function listMusicPredictions(db: Db, jobId: number): Promise<Prediction[]> {
  const where = { jobId, subject: { startsWith: MUSIC } }
  return db.prediction.findMany({ where, orderBy: [{ insertedAt: 'asc' }, { attempt: 'asc' }] })
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
  /** Whose decision it was to pay again, where a person's, and what for. */
  decided?: string | null
  /** The attempt that this one is made after: the one before where nothing is said, null for none. */
  after?: number | null
}

/** Unguessable; names one prediction in URLs that only the provider learns. */
export const newToken = () => randomBytes(18).toString('base64url')

/** A purchase has its row already. */
class IntentOpen extends Error {
  override readonly name = 'IntentOpen'
}

/**
 * Opens the ledger's row for a purchase.
 * @param fields what else it has from the start
 * @throws IntentOpen when there is one already
 */
export async function openIntent(
  by: Statements,
  key: LedgerKey,
  { decided, after = key.attempt - 1, ...draft }: PurchaseDraft,
  fields: Partial<Omit<Prediction, 'id' | 'request'>> & { request?: string } = {},
): Promise<Pick<Prediction, 'id' | 'token'>> {
  const before = after ? await findBy(by, { ...key, attempt: after }) : null
  const reason = [decided, before && reasonAfter(before)].filter(Boolean).join('; ') || 'first'
  const now = new Date()
  const row = {
    id: randomUUID(),
    token: newToken(),
    ...key,
    ...draft,
    ...fields,
    reason,
    insertedAt: now,
    updatedAt: now,
  }
  const opened = await by.$executeRaw(
    sql`INSERT INTO "Prediction" ${insertion(row)} ON CONFLICT ("jobId", "subject", "attempt") DO NOTHING`,
  )
  if (opened === 0)
    throw new IntentOpen(`Attempt ${key.attempt} at ${key.subject} of job ${key.jobId} is in the ledger already.`)
  return row
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
 * @returns null when another attempt has claimed it, or nobody has approved the job, or it was canceled meanwhile
 */
export async function claimPost(
  db: Database,
  key: LedgerKey,
  seen: Prediction | null,
  draft: PurchaseDraft,
  claim: PostClaim,
  also: (tx: Statements) => Promise<void>,
): Promise<ClaimedPost | null> {
  const claiming = inTransaction(db, key.jobId, async (tx) => {
    // A job that was canceled while its pictures were uploaded buys nothing any more.
    const [job] = await tx.$queryRaw<Pick<Job, 'decision' | 'canceledAt'>[]>(
      sql`SELECT "decision", "canceledAt" FROM "Job" WHERE "id" = ${key.jobId}`,
    )
    if (job?.decision !== 'approved' || job.canceledAt) return null
    const claimed = seen ? await claimAgain(tx, seen, claim) : await claimFirst(tx, key, draft, claim)
    if (claimed) await also(tx)
    return claimed
  })
  return claiming.catch((error: unknown) => {
    if (error instanceof IntentOpen) return null
    throw error
  })
}

interface ClaimedPost {
  /** Of the row. */
  id: string
  /** Until when its POST may be under way. */
  leaseUntil: Date
}

async function claimFirst(
  tx: Statements,
  key: LedgerKey,
  draft: PurchaseDraft,
  claim: PostClaim,
): Promise<ClaimedPost> {
  const { owner, token, marker, request } = claim
  const leaseUntil = endOf(claim)
  const lease = { leaseOwner: owner, leaseUntil, postedAt: new Date() }
  const { id } = await openIntent(tx, key, draft, { ...lease, token, marker, request: JSON.stringify(request) })
  return { id, leaseUntil }
}

async function claimAgain(tx: Statements, seen: Prediction, claim: PostClaim): Promise<ClaimedPost | null> {
  const { id, postedAt } = seen
  const [now, leaseUntil] = [new Date(), endOf(claim)]
  const changed = assignments({
    ...{ leaseOwner: claim.owner, leaseUntil, state: 'intent', postedAt: postedAt ?? now, error: null, updatedAt: now },
    ...(seen.marker === null && { request: JSON.stringify(claim.request), marker: claim.marker }),
  })
  const count = await tx.$executeRaw(
    sql`UPDATE "Prediction" SET ${changed}
      WHERE "id" = ${id} AND "providerId" IS NULL AND "state" IN ('intent', 'refused') AND ${unchanged(seen)}`,
  )
  return count === 1 ? { id, leaseUntil } : null
}

/** Whether a row is claimed as it was when it was seen. */
function unchanged({ postedAt, leaseOwner, leaseUntil, marker }: Prediction): Prisma.Sql {
  const conditions = Object.entries({ postedAt, leaseOwner, leaseUntil, marker }).map(([column, value]) => {
    const name = Prisma.raw(`"${column}"`)
    return value === null ? sql`${name} IS NULL` : sql`${name} = ${value}`
  })
  return Prisma.join(conditions, ' AND ')
}

const endOf = ({ leaseSeconds }: PostClaim) => new Date(Date.now() + leaseSeconds * 1000)

/** The provider has it: from here on it is waited for, never bought again. */
export async function markSubmitted(by: Statements, id: string, providerId: string): Promise<void> {
  const submitted = { providerId, state: 'submitted', leaseOwner: null, leaseUntil: null, updatedAt: new Date() }
  await by.$executeRaw(
    sql`UPDATE "Prediction" SET ${assignments(submitted)} WHERE "id" = ${id} AND "providerId" IS NULL`,
  )
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
  by: Statements,
  id: string,
  state: 'succeeded' | 'failed' | 'canceled' | 'unknown',
  ending: { outputUrl?: string | null; failure?: PredictionFailure; error?: string | null } = {},
): Promise<boolean> {
  const now = new Date()
  const settled = { ...ending, state, finishedAt: now, leaseOwner: null, leaseUntil: null, updatedAt: now }
  const count = await by.$executeRaw(
    sql`UPDATE "Prediction" SET ${assignments(settled)} WHERE "id" = ${id} AND "state" IN ('intent', 'submitted', 'refused')`,
  )
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

/**
 * How many attempts at a purchase ended in the same failure, from the one that a person decided on up to this one.
 * @param variants how many are bought beside each other: those of the others are every so many attempts apart
 */
export async function countFailures(
  db: Database,
  { jobId, subject, attempt, failure }: Prediction,
  { first, variants }: { first: number; variants: number },
): Promise<number> {
  const failed = await db.prediction.findMany({
    where: { jobId, subject, failure, attempt: { gte: first, lte: attempt } },
    select: { attempt: true },
  })
  return failed.filter((one) => (attempt - one.attempt) % variants === 0).length
}
