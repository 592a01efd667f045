/** What the sweep looks for: jobs whose rows and workflow may disagree. */
import { OPEN_REVISION_STATES } from '../../domain/revision.ts'
import type { Database, Prisma } from '../client.ts'

/** Whose workflow was never started, since before then. */
export async function unstartedJobs(db: Database, before: Date, take: number): Promise<{ jobId: number }[]> {
  const jobs = await db.job.findMany({
    where: { startedAt: null, decision: null, canceledAt: null, insertedAt: { lt: before } },
    select: { id: true },
    take,
  })
  return asJobIds(jobs)
}

/** Whose workflow was not told what was decided, since before then; or does nothing about an approval since `still`. */
export async function untoldJobs(db: Database, before: Date, still: Date, take: number): Promise<{ jobId: number }[]> {
  const jobs = await db.job.findMany({
    where: {
      OR: [
        { decision: { not: null }, decisionSentAt: null, decidedAt: { lt: before } },
        { canceledAt: { lt: before }, cancelSentAt: null },
        // Told, but not heard: a Temporal that lost its last moments is told again; it changes nothing otherwise.
        { status: 'approved', decidedAt: { lt: still } },
      ],
    },
    select: { id: true },
    take,
  })
  return asJobIds(jobs)
}

export type StillJob = {
  jobId: number
  isCanceled: boolean
  /** The number of its newest revision, 0 for none. */
  revision: number
}

/** That have not moved since then although something of them is open; the longest first. */
export function stillJobs(db: Database, still: Date, take: number): Promise<StillJob[]> {
  const open: Prisma.JobWhereInput = {
    OR: [
      // One that waits for approval is told of it; so is an approved one. That starts the workflow if need be.
      { status: 'approved', startedAt: { not: null } },
      { status: 'processing' },
      { revisions: { some: { state: { in: OPEN_REVISION_STATES } } } },
      // It has ended over what it had running: terminated before it could hear of a cancellation, or by a failure.
      {
        status: { in: ['completed', 'failed'] },
        predictions: { some: { state: { in: ['intent', 'submitted'] } } },
      },
    ],
    // Its workflow is about to be started again.
    revisions: { none: { state: 'queued', sentAt: null } },
  }
  return longestStill(db, open, still, take)
}

/**
 * Whose storyboard was to be written, and that have not moved since then; the longest first. Apart from the others,
 * because many may wait for their turn.
 */
export function unwrittenJobs(db: Database, still: Date, take: number): Promise<StillJob[]> {
  const unwritten: Prisma.JobWhereInput = {
    // A deleted one has ended. Said because of the index.
    ...{ deletedAt: null, status: 'pending', storyboardVersion: 0, startedAt: { not: null } },
    revisions: { none: { state: { in: OPEN_REVISION_STATES } } },
  }
  return longestStill(db, unwritten, still, take)
}

async function longestStill(db: Database, which: Prisma.JobWhereInput, still: Date, take: number): Promise<StillJob[]> {
  // In one step: a revision that is queued meanwhile is not to be taken for one that was there.
  const jobs = await db.$transaction((tx) =>
    tx.job.findMany({
      where: { ...which, updatedAt: { lt: still } },
      // One that was terminated moves no more, so in the end it comes first.
      orderBy: { updatedAt: 'asc' },
      select: {
        id: true,
        canceledAt: true,
        revisions: { orderBy: { number: 'desc' }, take: 1, select: { number: true } },
      },
      take,
    }),
  )
  return jobs.map(({ id: jobId, canceledAt, revisions: [newest] }) => {
    return { jobId, isCanceled: canceledAt !== null, revision: newest?.number ?? 0 }
  })
}

const asJobIds = (jobs: { id: number }[]) => jobs.map(({ id: jobId }) => ({ jobId }))
