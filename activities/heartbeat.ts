/** Every activity tells the server that it lives, so that a killed worker is noticed in seconds, not at a timeout. */
import { Context } from '@temporalio/activity'

/** Well within the heartbeat timeout that workflows/activities.ts sets. */
const EVERY_MS = 3_000

/** Runs `work` with heartbeats; a short one ends before the first is due. */
export async function whileHeartbeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const timer = setInterval(() => context.heartbeat(), EVERY_MS)
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
