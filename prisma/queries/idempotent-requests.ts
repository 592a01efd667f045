/** Requests that named an Idempotency-Key, and what they were answered: the row that makes a repeat harmless. */
import { type Database, type Db, Prisma } from '../client.ts'
import type { IdempotentRequest } from '../generated/client.ts'

export type { IdempotentRequest } from '../generated/client.ts'

/** A server renews its lease while it works on a request; one that is over belonged to a server that died. */
const LEASE_MS = 30_000
const KEPT_MS = 24 * 60 * 60_000

export interface Answer {
  status: number
  body: string
  contentType: string | null
}

const lease = () => new Date(Date.now() + LEASE_MS)

/** @returns the row as this call made it, or as it stands there already */
export async function claimRequest(
  db: Database,
  { caller, key, fingerprint }: { caller: string; key: string; fingerprint: string },
): Promise<{ isNew: boolean; row: IdempotentRequest }> {
  await db.idempotentRequest.deleteMany({ where: { insertedAt: { lt: new Date(Date.now() - KEPT_MS) } } })
  try {
    const row = await db.idempotentRequest.create({ data: { caller, key, fingerprint, leaseUntil: lease() } })
    return { isNew: true, row }
  } catch (error) {
    const known = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
    if (!known) throw error
  }
  const row = await db.idempotentRequest.findUnique({ where: { caller_key: { caller, key } } })
  // It was given back in between.
  return row ? { isNew: false, row } : claimRequest(db, { caller, key, fingerprint })
}

/** Takes over a request whose server died. @returns whether this call was the one that got it */
export async function takeOverRequest(db: Database, { id, leaseUntil }: IdempotentRequest): Promise<boolean> {
  const where = { id, status: null, leaseUntil }
  const { count } = await db.idempotentRequest.updateMany({ where, data: { leaseUntil: lease() } })
  return count === 1
}

export async function renewLease(db: Database, id: string): Promise<void> {
  await db.idempotentRequest.updateMany({ where: { id, status: null }, data: { leaseUntil: lease() } })
}

/** Keeps the answer for those who ask again. In the transaction of what was asked for, it is kept just if that was done. */
export async function keepAnswer(
  db: Db,
  id: string,
  { status, body, contentType, fingerprint }: Answer & { fingerprint: string },
): Promise<void> {
  await db.idempotentRequest.updateMany({ where: { id }, data: { status, body, contentType, fingerprint } })
}

/** Gives the key back: the request was refused, and what it did came to nothing. */
export async function releaseRequest(db: Database, id: string): Promise<void> {
  await db.idempotentRequest.deleteMany({ where: { id } })
}

/**
 * Gives the key back after a fault, but not what took effect: one whose answer was kept then is answered so, and one that has
 * created a job which has not failed is worked on again at its repeat, which goes on with that job.
 */
export async function releaseUnlessDone(db: Database, id: string): Promise<void> {
  const row = await db.idempotentRequest.findUnique({ where: { id } })
  const jobId = row && createdJob(row)
  const lives = jobId !== null && (await db.job.count({ where: { id: jobId, status: { not: 'failed' } } })) > 0
  const unanswered = { id, status: null }
  if (lives) await db.idempotentRequest.updateMany({ where: unanswered, data: { leaseUntil: new Date() } })
  else await db.idempotentRequest.deleteMany({ where: unanswered })
}

/**
 * Notes, in the transaction that creates the job, which job a request has created: should the server die before it
 * answers, the repeat goes on with that job.
 */
export async function noteCreatedJob(tx: Db, requestId: string, jobId: number): Promise<void> {
  await tx.idempotentRequest.updateMany({ where: { id: requestId }, data: { body: JSON.stringify({ job_id: jobId }) } })
}

/** The job that an unanswered request has created; null when it had not come that far. */
export function createdJob({ status, body }: IdempotentRequest): number | null {
  return status === null && body ? (JSON.parse(body) as { job_id: number }).job_id : null
}
