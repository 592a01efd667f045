/** What the sweep looks for: jobs whose rows and workflow may disagree. */
import { OPEN_REVISION_STATES } from '../../domain/revision.ts'
import { type Database, Prisma } from '../client.ts'
import { statements } from '../statements.ts'

const { sql, join } = Prisma

/** A deleted job has ended. Said because of the index. */
const WAITING = { deletedAt: null, status: 'pending' }

/** Whose workflow was never started, since before then; the oldest first. */
export function unstartedJobs(db: Database, before: Date, take: number): Promise<{ jobId: number }[]> {
  return jobIds(db, { ...WAITING, startedAt: null, decision: null, canceledAt: null, insertedAt: { lt: before } }, take)
}

/** Whose workflow was not told what was decided, since before then; the longest first. */
export async function untoldJobs(db: Database, before: Date, take: number): Promise<{ jobId: number }[]> {
  const undelivered = { decision: { not: null }, decisionSentAt: null, decidedAt: { lt: before } }
  const canceled = { cancelSentAt: null, canceledAt: { lt: before } }
  // One after the other, because of the indexes.
  const owed = [
    ...(await jobIds(db, undelivered, take, { decidedAt: 'asc' })),
    ...(await jobIds(db, canceled, take, { canceledAt: 'asc' })),
  ]
  return [...new Set(owed.map(({ jobId }) => jobId))].map((jobId) => ({ jobId }))
}

/**
 * Whose workflow was told of an approval and has done nothing about it since then: a Temporal that lost its last moments is told
 * again, and nothing changes otherwise. Apart from the others, because many may wait for a worker.
 */
export function unheardJobs(db: Database, still: Date, take: number): Promise<{ jobId: number }[]> {
  const told = { decisionSentAt: { not: null }, decidedAt: { lt: still } }
  return jobIds(db, { deletedAt: null, status: 'approved', ...told }, take)
}

async function jobIds(
  db: Database,
  where: Prisma.JobWhereInput,
  take: number,
  orderBy: Prisma.JobOrderByWithRelationInput = { id: 'asc' },
): Promise<{ jobId: number }[]> {
  const jobs = await db.job.findMany({ where, orderBy, select: { id: true }, take })
  return jobs.map(({ id: jobId }) => ({ jobId }))
}

export type StillJob = {
  jobId: number
  isCanceled: boolean
  /** The number of its newest revision, 0 for none. */
  revision: number
}

/** That have not moved since then although something of them is open; the longest first. */
export function stillJobs(db: Database, still: Date, take: number): Promise<StillJob[]> {
  // Told of it in another way, SQLite looks for every job through all that is open.
  return longestStill(
    db,
    sql`"updatedAt" < ${still} AND "id" IN (${OPEN}) AND NOT EXISTS (
      SELECT 1 FROM "Revision" WHERE "jobId" = "Job"."id" AND "state" = 'queued' AND "sentAt" IS NULL)`,
    take,
  )
}

/**
 * One that waits for approval is told of it; so is an approved one, which starts the workflow if need be. One that has ended over
 * what it had running was terminated before it could hear of a cancellation, or has failed.
 */
const OPEN = sql`
  SELECT "id" FROM "Job" WHERE "deletedAt" IS NULL AND "status" = 'approved' AND "startedAt" IS NOT NULL
  UNION SELECT "id" FROM "Job" WHERE "deletedAt" IS NULL AND "status" = 'processing'
  UNION SELECT "jobId" FROM "Revision" WHERE "state" IN (${join(OPEN_REVISION_STATES)})
  UNION SELECT "jobId" FROM "Prediction" JOIN "Job" ON "Job"."id" = "jobId"
    WHERE "state" IN ('intent', 'submitted') AND "status" IN ('completed', 'failed')`

/**
 * Whose storyboard was to be written, and that have not moved since then; the longest first. Apart from the others,
 * because many may wait for their turn.
 */
export function unwrittenJobs(db: Database, still: Date, take: number): Promise<StillJob[]> {
  return longestStill(
    db,
    sql`"deletedAt" IS NULL AND "status" = 'pending' AND "storyboardVersion" = 0 AND "startedAt" IS NOT NULL
      AND "updatedAt" < ${still} AND NOT EXISTS (
        SELECT 1 FROM "Revision" WHERE "jobId" = "Job"."id" AND "state" IN (${join(OPEN_REVISION_STATES)}))`,
    take,
  )
}

async function longestStill(db: Database, which: Prisma.Sql, take: number): Promise<StillJob[]> {
  // In one statement: a revision that is queued meanwhile is not to be taken for one that was there. One that was terminated
  // moves no more, so in the end it comes first.
  const jobs = await statements(db).$queryRaw<{ id: number; canceledAt: unknown; revision: number }[]>(sql`
    SELECT "id", "canceledAt", COALESCE((SELECT MAX("number") FROM "Revision" WHERE "jobId" = "Job"."id"), 0) AS "revision"
    FROM "Job" WHERE ${which} ORDER BY "updatedAt" LIMIT ${take}`)
  return jobs.map(({ id: jobId, canceledAt, revision }) => {
    return { jobId, isCanceled: canceledAt !== null, revision: Number(revision) }
  })
}
