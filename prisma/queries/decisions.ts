/** What people decide about a job. Each is a compare-and-set: of two at the same moment, exactly one wins. */
import { OPEN_STATUSES } from '../../domain/job.ts'
import type { JobEventType } from '../../domain/job-events.ts'
import type { Database, Prisma } from '../client.ts'
import { oweDelivery, type WebhookType } from './deliveries.ts'
import { advanceJob, endScenes, insertEvent } from './progress.ts'
import { endRevisions } from './revisions.ts'

export interface Decider {
  /** Who decided, as far as is known. */
  by: string | null
  note: string | null
}

/**
 * @param storyboardVersion the version that was seen: an edit at the same moment wins, or this approval does, never both
 * unseen; absent, whichever there is
 * @returns whether this call was the one that approved the job
 */
export function approveJob(
  db: Database,
  jobId: number,
  { by, note }: Decider,
  storyboardVersion?: number,
): Promise<boolean> {
  return decide(
    db,
    { id: jobId, status: 'pending', decision: null, storyboardVersion: { gt: 0, equals: storyboardVersion } },
    { decision: 'approved', status: 'approved', decidedBy: by, decisionNote: note, decidedAt: new Date() },
    { type: 'approved', data: { by, note } },
  )
}

/** @returns whether this call was the one that rejected the job */
export function rejectJob(db: Database, jobId: number, { by, note }: Decider): Promise<boolean> {
  return decide(
    db,
    { id: jobId, status: 'pending', decision: null },
    {
      decision: 'rejected',
      status: 'failed',
      stage: 'rejected',
      error: `Rejected by ${by ?? 'someone unnamed'}${note ? `: ${note}` : ', who gave no reason.'}`,
      decidedBy: by,
      decisionNote: note,
      decidedAt: new Date(),
    },
    { type: 'rejected', data: { by, reason: note }, owed: 'job.rejected' },
  )
}

/**
 * Ends a job that has not ended: what was bought is then canceled at the provider by its workflow.
 * @param from the statuses in which it may be ended
 * @returns whether this call was the one that canceled the job
 */
export function cancelJob(
  db: Database,
  jobId: number,
  { by, note }: Decider,
  from: readonly string[] = OPEN_STATUSES,
): Promise<boolean> {
  return decide(
    db,
    { id: jobId, status: { in: [...from] } },
    {
      status: 'failed',
      stage: 'canceled',
      error: `Canceled by ${by ?? 'someone unnamed'}${note ? `: ${note}` : ', who gave no reason.'}`,
      canceledAt: new Date(),
      canceledBy: by,
    },
    { type: 'canceled', data: { by, reason: note }, owed: 'job.canceled' },
  )
}

interface DecisionEvent {
  type: JobEventType
  data: Prisma.InputJsonObject
  /** The webhook that it owes. */
  owed?: WebhookType
}

/** @returns whether the job was as `where` has it, and so the decision is made */
function decide(
  db: Database,
  where: Prisma.JobWhereInput & { id: number },
  data: Prisma.JobUncheckedUpdateManyInput,
  { type, data: told, owed }: DecisionEvent,
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const [decided] = await tx.job.updateManyAndReturn({
      where,
      data: { ...data, eventSeq: { increment: 1 } },
      select: { eventSeq: true },
    })
    if (!decided) return false
    await insertEvent(tx, { jobId: where.id, seq: decided.eventSeq, type, data: told })
    if (owed) await oweDelivery(tx, where.id, owed)
    return true
  })
}

/** What a job says whose workflow was terminated. */
export const WORKFLOW_ENDED =
  'Its workflow was ended in Temporal (terminated, or lost with its database), so nothing happens by itself. Retry the job to go on with it.'

/**
 * A job whose workflow has closed without saying so in the rows fails, and what is open of it; a finished film stays.
 * @param newest the number of its newest revision when the workflow was seen to have closed: a later one starts it again
 * @returns whether this changed anything
 */
export function markEnded(db: Database, jobId: number, newest?: number): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const goesOn = newest !== undefined && (await tx.revision.count({ where: { jobId, number: { gt: newest } } })) > 0
    if (goesOn) return false
    const { status, audioStatus } = await tx.job.findUniqueOrThrow({ where: { id: jobId } })
    const ended = await endRevisions(tx, jobId, WORKFLOW_ENDED)
    if (ended > 0 && audioStatus === 'processing') {
      await tx.job.update({ where: { id: jobId }, data: { audioStatus: 'failed', audioError: WORKFLOW_ENDED } })
    }
    if (status === 'completed' || status === 'failed') return ended > 0
    await endScenes(tx, jobId, WORKFLOW_ENDED)
    await advanceJob(tx, jobId, 'failed', { error: WORKFLOW_ENDED })
    return true
  })
}
