/** Ends the sleep of a look at a prediction, without a word in its workflow's history. */
import type { Client } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import type { Activities } from '../activities/index.ts'

type Description = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>
type RawActivity = NonNullable<Description['raw']['pendingActivities']>[number]

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
  const asleep = raw.pendingActivities?.find((activity) => sleepsOn(activity, predictionId))
  if (!asleep?.activityId) return false
  const { namespace } = client.options
  const request = { namespace, workflowId, activityId: asleep.activityId }
  return client.workflowService.resetActivityExecution(request).then(
    () => true,
    () => false,
  )
}

/** A look says in its failure which prediction it found still running. */
function sleepsOn({ activityType, state, lastFailure }: RawActivity, predictionId: string): boolean {
  if (activityType?.name !== LOOK || state !== SCHEDULED) return false
  const [payload] = lastFailure?.applicationFailureInfo?.details?.payloads ?? []
  return payload != null && defaultPayloadConverter.fromPayload(payload) === predictionId
}
