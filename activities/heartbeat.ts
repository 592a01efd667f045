/**
 * Every activity tells the server that it lives, so that a killed worker is noticed in seconds, not at a timeout. In the
 * answer the activity hears that it is canceled.
 */
import { Context } from '@temporalio/activity'
import { TASK_QUEUES } from '../workflows/contract.ts'

/** Well within the heartbeat timeout that workflows/activities.ts sets. */
const EVERY_MS = 3_000
/** ffmpeg takes minutes of a whole core, which nobody wants once the job is canceled: it is killed within a second. */
const MEDIA_EVERY_MS = 500

/** Runs `work` with heartbeats; a short one ends before the first is due. */
export async function whileHeartbeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const { taskQueue, isLocal } = context.info
  // A workflow task tells of itself.
  if (isLocal) return work()
  const timer = setInterval(() => context.heartbeat(), taskQueue === TASK_QUEUES.media ? MEDIA_EVERY_MS : EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

/** Aborted when the activity is canceled, or its worker must end. */
export function canceled(): AbortSignal {
  return Context.current().cancellationSignal
}
