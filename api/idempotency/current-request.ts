/** Lets what creates or decides something know, however deep it is called, that its request may be sent again. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Db } from '../../prisma/client.ts'
import { keepAnswer } from '../../prisma/queries/idempotent-requests.ts'

export interface Repeatable {
  /** Of the IdempotentRequest. */
  requestId: string
  /** The job that it has created already, before its server died; else null. */
  jobId: number | null
  /** Of the request, once its body was read. */
  fingerprint(): string
}

const current = new AsyncLocalStorage<Repeatable>()

export function asRepeatable<T>(repeat: Repeatable, work: () => T): T {
  return current.run(repeat, work)
}

/** Undefined when the request named no Idempotency-Key. */
export function currentRequest(): Repeatable | undefined {
  return current.getStore()
}

/**
 * What a transaction calls that does what the request asks for: should this server die before it answers, or fail in
 * between, a repeat is answered so.
 * @param answer made of what was done
 * @returns undefined when the request named no Idempotency-Key
 */
export function answerToKeep<Done = void>(
  status: number,
  answer: (done: Done, tx: Db) => object | Promise<object>,
): ((tx: Db, done: Done) => Promise<void>) | undefined {
  const request = currentRequest()
  if (!request) return undefined
  return async (tx, done) => {
    const body = JSON.stringify(await answer(done, tx))
    const kept = { status, body, contentType: 'application/json', fingerprint: request.fingerprint() }
    await keepAnswer(tx, request.requestId, kept)
  }
}
