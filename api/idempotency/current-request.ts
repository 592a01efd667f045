/** Lets what creates a job know, however deep it is called, that its request may be sent again. */
import { AsyncLocalStorage } from 'node:async_hooks'

export interface Repeatable {
  /** Of the IdempotentRequest. */
  requestId: string
  /** The job that it has created already, before its server died; else null. */
  jobId: number | null
}

const current = new AsyncLocalStorage<Repeatable>()

export function asRepeatable<T>(repeat: Repeatable, work: () => T): T {
  return current.run(repeat, work)
}

/** Undefined when the request named no Idempotency-Key. */
export function currentRequest(): Repeatable | undefined {
  return current.getStore()
}
