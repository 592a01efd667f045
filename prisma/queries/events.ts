/** Jobs' events, to be told. Of a deleted job only that is told. */
import { type Database, Prisma } from '../client.ts'
import { statements } from '../statements.ts'

const { sql } = Prisma

export interface FeedEvent {
  jobId: number
  /** From 1, without gaps within its job. */
  seq: number
  type: string
  data: Prisma.JsonValue
  at: Date
  clientId: string
}

/** The newest seq of jobs. */
export type Heads = ReadonlyMap<number, number>

/** The type of a job's last event. */
export const DELETED = 'deleted'
/** Of a query, how many jobs it names. */
const JOBS_AT_ONCE = 100

/**
 * Which jobs have events since a moment, and the first and the last of these.
 * @param db the whole database
 * @param clientId null for every client's
 */
export async function readHeads(
  db: Database,
  { since, clientId = null }: { since: Date; clientId?: string | null },
): Promise<Map<number, { first: number; last: number }>> {
  const own = clientId === null ? sql`` : sql`WHERE "jobId" IN (SELECT "id" FROM "Job" WHERE "clientId" = ${clientId})`
  // Apart from what is asked of them: SQLite would go through all events, which it has in the order of their jobs.
  const rows = await statements(db).$queryRaw<{ jobId: number; first: number; last: number }[]>(
    sql`WITH "recent" AS MATERIALIZED (SELECT "jobId", "seq" FROM "JobEvent" WHERE "at" > ${since})
      SELECT "jobId", MIN("seq") AS "first", MAX("seq") AS "last" FROM "recent" ${own} GROUP BY "jobId" ORDER BY "jobId"`,
  )
  return new Map(rows.map(({ jobId, first, last }) => [jobId, { first, last }]))
}

/** All events after the given ones, oldest first, and those of each job in the order of their numbers. */
export async function readEvents(db: Database, jobs: { jobId: number; after: number }[]): Promise<FeedEvent[]> {
  const events: FeedEvent[] = []
  for (let n = 0; n < jobs.length; n += JOBS_AT_ONCE) {
    const asked = jobs.slice(n, n + JOBS_AT_ONCE)
    const rows = await db.jobEvent.findMany({
      where: {
        OR: asked.map(({ jobId, after }) => ({ jobId, seq: { gt: after } })),
        AND: { OR: [{ job: { deletedAt: null } }, { type: DELETED }] },
      },
      include: { job: { select: { clientId: true } } },
      orderBy: [{ jobId: 'asc' }, { seq: 'asc' }],
    })
    events.push(...rows.map(({ job, ...event }) => ({ ...event, clientId: job.clientId })))
  }
  return inOrder(events)
}

/** One page of a job's events. */
export async function readJobEvents(
  db: Database,
  { jobId, after, take }: { jobId: number; after: number; take: number },
): Promise<Omit<FeedEvent, 'clientId'>[]> {
  return db.jobEvent.findMany({ where: { jobId, seq: { gt: after } }, orderBy: { seq: 'asc' }, take })
}

/** By time, except that no event comes before an earlier one of its job: several servers' clocks may disagree. */
function inOrder(events: FeedEvent[]): FeedEvent[] {
  const newest = new Map<number, number>()
  const timed = events.map((event) => {
    const time = Math.max(event.at.getTime(), newest.get(event.jobId) ?? 0)
    newest.set(event.jobId, time)
    return { event, time }
  })
  return timed.sort((a, b) => a.time - b.time).map(({ event }) => event)
}
