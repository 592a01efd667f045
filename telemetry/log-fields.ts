/**
 * What every log line of one piece of work says: which request, job, scene, prediction and run it is about. Node carries
 * them along with everything that the work calls, so that no function has to be handed a log of its own.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/** Ids and numbers only: never what a user wrote, and never a secret. docs/operations.md tells what each means. */
export interface LogFields {
  requestId?: string
  jobId?: number
  sceneId?: string
  predictionId?: string
  deliveryId?: string
  workflowId?: string
  runId?: string
  activityType?: string
  activityAttempt?: number
}

const current = new AsyncLocalStorage<LogFields>()

/** Does the work; its lines have these fields beside those of the work that it is a part of. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return current.run({ ...current.getStore(), ...fields }, work)
}

/** Begins what goes on for others, such as a loop that whoever came first has started: its lines are not about that one. */
export function withoutLogFields<T>(work: () => T): T {
  return current.exit(work)
}

export function logFields(): LogFields {
  return current.getStore() ?? {}
}
