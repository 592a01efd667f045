/** Ends the sleep of a look at a prediction, without a word in its workflow's history. */
import type { Client } from '@temporalio/client'
import type { Activities } from '../activities/index.ts'
import { failureDetail, type RawActivity } from './failure-detail.ts'

const LOOK: keyof Activities = 'awaitPrediction'
/** The server's number for an activity that waits for its next try (temporal.api.enums.v1.PendingActivityState). */
const SCHEDULED = 1

/**
 * Lets a look that waits for its next try be tried now. A signal does the same, but adds a dozen events to the history,
 * and 200 predictions of one job then take more than it should hold.
 * @returns false when no look at this prediction sleeps, or the server does not do this: then signal
 * @throws WorkflowNotFoundError, and when the server does not answer
 */
export async function wakeLook(client: Client, workflowId: string, predictionId: string): Promise<boolean> {
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  const asleep = await findSleeper(client, raw.pendingActivities ?? [], predictionId)
  if (!asleep?.activityId) return false
  const { namespace } = client.options
  const request = { namespace, workflowId, activityId: asleep.activityId }
  return client.workflowService.resetActivityExecution(request).then(
    () => true,
    () => false,
  )
}

/** A look says in its failure which prediction it found still running. */
async function findSleeper(client: Client, activities: RawActivity[], predictionId: string) {
  for (const activity of activities) {
    if (activity.activityType?.name !== LOOK || activity.state !== SCHEDULED) continue
    if ((await failureDetail(client, activity)) === predictionId) return activity
  }
  return undefined
}
