/** Starts the backfill, or finds the one that runs. */
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/client'
import type { Database } from '../prisma/client.ts'
import { installationId } from '../prisma/queries/installation.ts'
import type { backfill } from '../workflows/backfill.ts'
import {
  type BackfillInput,
  type BackfillProgress,
  backfillProgress,
  backfillWorkflowId,
  TASK_QUEUES,
} from '../workflows/contract.ts'

export interface RunningBackfill {
  workflowId: string
  /** Whether it was running already, with what it was asked for then. */
  attached: boolean
  /** How far it is; null when no worker answers. */
  progress(): Promise<BackfillProgress | null>
  /** What it did, once it has ended. */
  result(): Promise<BackfillProgress>
}

const ANSWER_WITHIN_MS = 5_000

export async function startBackfill(
  client: Client,
  db: Database,
  input: Omit<BackfillInput, 'soFar'>,
): Promise<RunningBackfill> {
  const workflowId = backfillWorkflowId(await installationId(db))
  let attached = false
  try {
    await client.workflow.start<typeof backfill>('backfill', {
      workflowId,
      taskQueue: TASK_QUEUES.main,
      args: [input],
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      staticSummary: 'Fetches the bytes of assets that have only a URL',
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    attached = true
  }
  // Without a run id: when it continues as new, the handle goes along.
  const handle = client.workflow.getHandle<typeof backfill>(workflowId)
  return {
    workflowId,
    attached,
    progress: () =>
      client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => handle.query(backfillProgress)).catch(() => null),
    result: () => handle.result(),
  }
}
