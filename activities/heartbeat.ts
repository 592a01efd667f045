/** Long work tells the server that it lives, and hears from it that it is canceled. */
import { Context } from '@temporalio/activity'

const EVERY_MS = 4_000

/**
 * Runs `work` with heartbeats, so that a killed worker is noticed within the heartbeat's timeout.
 * @param work gets a signal that is aborted when the activity is canceled or the worker shuts down
 */
export async function whileHeartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current()
  const timer = setInterval(() => context.heartbeat(), EVERY_MS)
  try {
    return await work(context.cancellationSignal)
  } finally {
    clearInterval(timer)
  }
}
