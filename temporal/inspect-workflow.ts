/** What a job's workflow is doing right now: asked of the workflow itself, and of the server about its run. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { optionalTsToDate } from '@temporalio/common/lib/time.js'
import { state, type VideoJobState } from '../workflows/contract.ts'
import { failureDetail, type RawActivity } from './failure-detail.ts'

/** A workflow that no worker carries never answers. */
const ANSWER_WITHIN_MS = 2_000

export interface WorkflowView {
  workflowId: string
  runId: string
  namespace: string
  /** Temporal's word for it, such as RUNNING. */
  status: string
  startedAt: Date
  closedAt: Date | null
  /** Events. */
  historyLength: number
  /** What has begun and not ended, retries that wait included. */
  activities: PendingActivity[]
  /** Null when no worker answered in time. */
  state: VideoJobState | null
}

export interface PendingActivity {
  id: string
  type: string
  state: (typeof ACTIVITY_STATES)[number]
  /** From 1. */
  attempt: number
  lastFailure: string | null
  /** The id of the scene, or of the prediction, that its last failure says it was about. */
  subject: string | null
  lastStartedAt: Date | null
  nextAttemptAt: Date | null
  /** When it ends for good, whatever is left to try. */
  expiresAt: Date | null
}

/** By the number that the server gives them (temporal.api.enums.v1.PendingActivityState). */
const ACTIVITY_STATES = [
  'unspecified',
  'scheduled',
  'started',
  'cancel_requested',
  'paused',
  'pause_requested',
] as const

/**
 * Null when the server knows no such workflow: it was not started yet, or its retention is over.
 * @throws when the server does not answer within two seconds
 */
export async function inspectWorkflow(client: Client, workflowId: string): Promise<WorkflowView | null> {
  const handle = client.workflow.getHandle(workflowId)
  const soon = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + ANSWER_WITHIN_MS, call)
  // Whatever keeps a worker from answering, the answer is that none did.
  const answer = soon(() => handle.query(state)).catch(() => null)
  try {
    const { raw, runId, status, startTime, closeTime, historyLength } = await soon(() => handle.describe())
    return {
      workflowId,
      runId,
      namespace: client.options.namespace,
      status: status.name,
      startedAt: startTime,
      closedAt: closeTime ?? null,
      historyLength,
      activities: await Promise.all((raw.pendingActivities ?? []).map((activity) => pendingActivity(client, activity))),
      state: await answer,
    }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

async function pendingActivity(client: Client, activity: RawActivity): Promise<PendingActivity> {
  const detail = await failureDetail(client, activity)
  return {
    id: activity.activityId ?? '',
    type: activity.activityType?.name ?? '',
    state: ACTIVITY_STATES[activity.state ?? 0] ?? 'unspecified',
    attempt: activity.attempt ?? 1,
    lastFailure: activity.lastFailure?.message ?? null,
    subject: typeof detail === 'string' ? detail : null,
    lastStartedAt: optionalTsToDate(activity.lastStartedTime) ?? null,
    nextAttemptAt: optionalTsToDate(activity.nextAttemptScheduleTime) ?? null,
    expiresAt: optionalTsToDate(activity.expirationTime) ?? null,
  }
}
