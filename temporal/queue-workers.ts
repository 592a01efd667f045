/** Which task queues are served: with workers split by queue, one that nobody serves stands still and says nothing. */
import type { Client } from '@temporalio/client'
import { tsToMs } from '@temporalio/common/lib/time.js'
import { ALL_QUEUES, type TaskQueue } from './queues.ts'

const ANSWER_WITHIN_MS = 2_000
/** A worker asks at least once a minute; the server remembers five minutes of them. */
const SEEN_WITHIN_MS = 90_000
/** temporal.api.enums.v1.TaskQueueType; the main queue's worker asks for both types. */
const ACTIVITY = 2

/**
 * How many workers asked each queue for work in the last minute and a half.
 * @throws when the server does not answer within two seconds
 */
export async function countQueueWorkers(client: Client): Promise<{ queue: TaskQueue; count: number }[]> {
  const { namespace } = client.options
  return client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
    Promise.all(
      ALL_QUEUES.map(async (queue) => {
        const request = { namespace, taskQueue: { name: queue }, taskQueueType: ACTIVITY }
        const { pollers } = await client.workflowService.describeTaskQueue(request)
        const since = Date.now() - SEEN_WITHIN_MS
        return { queue, count: pollers.filter(({ lastAccessTime }) => tsToMs(lastAccessTime ?? null) > since).length }
      }),
    ),
  )
}
