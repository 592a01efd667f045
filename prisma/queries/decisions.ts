/** What people decide about a job. Each is a compare-and-set: of two at the same moment, exactly one wins. */
import { NO_LIMITS } from '../../domain/budget.ts'
import { OPEN_STATUSES } from '../../domain/job.ts'
import type { JobEventType } from '../../domain/job-events.ts'
import type { Database, Db, Prisma } from '../client.ts'
import { assertWithinBudgets, recordOverride, type Spender, WITH_BUDGETS, WITHOUT_BUDGET } from './budgets.ts'
import { oweDelivery, type WebhookType } from './deliveries.ts'
import { advanceJob, endScenes, insertEvent } from './progress.ts'
import { endRevisions } from './revisions.ts'

export interface Decider {
  /** Who decided, as far as is known. */
  by: string | null
  note: string | null
  /** Keeps what the request is answered that asked for it, in the same transaction. */
  keepAnswer?: KeepAnswer
}

type KeepAnswer = (tx: Db) => Promise<void>

interface Approval {
  /**
   * The version that was seen: an edit at the same moment wins, or this approval does, never both unseen; absent,
   * whichever there is.
   */
  storyboardVersion?: number
  /** Whose budgets hold; absent, those that stand in the rows. */
  spender?: Spender
}

/**
 * @returns whether this call was the one that approved the job
 * @throws OverBudget
 */
export function approveJob(
  db: Database,
  jobId: number,
  { by, note, keepAnswer }: Decider,
  { storyboardVersion, spender = { limits: NO_LIMITS, overrides: () => false, by } }: Approval = {},
): Promise<boolean> {
  const { limits } = spender
  const open = { id: jobId, status: 'pending', decision: null, storyboardVersion: { gt: 0, equals: storyboardVersion } }
  const data = { decision: 'approved', status: 'approved', decidedBy: by, decisionNote: note, decidedAt: new Date() }
  const event: DecisionEvent = { type: 'approved', data: { by, note }, keepAnswer }
  return db.$transaction(async (tx) => {
    // Mostly there is no budget, which the statement that approves finds out by itself.
    const isLimited = limits.jobMicroUsd !== null || limits.dayMicroUsd !== null
    if (!isLimited && (await decideIn(tx, { ...open, ...WITHOUT_BUDGET }, data, event))) return true
    const job = await tx.job.findFirst({ where: open, include: WITH_BUDGETS })
    if (!job) return false
    const overridden = await assertWithinBudgets(tx, job, job.estimateMicroUsd, spender)
    const isDecided = await decideIn(tx, open, data, event)
    if (isDecided) await recordOverride(tx, jobId, spender, overridden)
    return isDecided
  })
}

/** @returns whether this call was the one that rejected the job */
export function rejectJob(db: Database, jobId: number, { by, note, keepAnswer }: Decider): Promise<boolean> {
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
    { type: 'rejected', data: { by, reason: note }, owed: 'job.rejected', keepAnswer },
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
  { by, note, keepAnswer }: Decider,
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
    { type: 'canceled', data: { by, reason: note }, owed: 'job.canceled', keepAnswer },
  )
}

interface DecisionEvent {
  type: JobEventType
  data: Prisma.InputJsonObject
  /** The webhook that it owes. */
  owed?: WebhookType
  keepAnswer: KeepAnswer | undefined
}

/** @returns whether the job was as `where` has it, and so the decision is made */
function decide(
  db: Database,
  where: Prisma.JobWhereInput & { id: number },
  data: Prisma.JobUncheckedUpdateManyInput,
  event: DecisionEvent,
): Promise<boolean> {
  return db.$transaction((tx) => decideIn(tx, where, data, event))
}

async function decideIn(
  tx: Prisma.TransactionClient,
  where: Prisma.JobWhereInput & { id: number },
  data: Prisma.JobUncheckedUpdateManyInput,
  { type, data: told, owed, keepAnswer }: DecisionEvent,
): Promise<boolean> {
  const [decided] = await tx.job.updateManyAndReturn({
    where,
    data: { ...data, eventSeq: { increment: 1 } },
    select: { eventSeq: true },
  })
  if (!decided) return false
  await insertEvent(tx, { jobId: where.id, seq: decided.eventSeq, type, data: told })
  if (owed) await oweDelivery(tx, where.id, owed)
  await keepAnswer?.(tx)
  return true
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
