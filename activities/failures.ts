/** Errors of the folders below become Temporal's failures here, once: by a stable type, retryable or not. */
import { ApplicationFailure } from '@temporalio/common'
import { MediaError } from '../media/index.ts'
import { Prisma } from '../prisma/client.ts'
import { ProviderError, type ProviderFailure, SceneTypesInvalid, StoryboardInvalid } from '../providers/ports.ts'
import { type LogFields, withLogFields } from '../telemetry/log-fields.ts'
import { FAILURES } from '../workflows/contract.ts'
import { canceled, whileHeartbeating } from './heartbeat.ts'

type Activity = (input: never) => Promise<unknown>

/** Wraps every activity: it heartbeats, and what it throws carries a type and says whether trying again can help. */
export function asActivities<T extends Record<string, Activity>>(activities: T, assertOurs: () => Promise<void>): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      try {
        await assertOurs()
        return await withLogFields(fieldsOf(input), () => whileHeartbeating(() => activity(input)))
      } catch (error) {
        throw about(input, toFailure(error))
      }
    },
  ])
  return Object.fromEntries(wrapped) as T
}

/** What the lines of an activity say it is about, as far as its input names that. */
function fieldsOf(input: LogFields): LogFields {
  const { jobId, sceneId, predictionId, deliveryId } = input ?? {}
  return Object.fromEntries(
    Object.entries({ jobId, sceneId, predictionId, deliveryId }).filter(([, id]) => id !== undefined),
  )
}

/** What is not known here passes unchanged, and Temporal tries again. */
function toFailure(error: unknown): unknown {
  // Temporal takes a step for canceled, not failed, by the reason that its signal was aborted with.
  if (error instanceof MediaError && error.kind === 'aborted' && canceled().aborted) return canceled().reason
  if (error instanceof ProviderError) return providerFailure(error.failure)
  if (error instanceof StoryboardInvalid || error instanceof SceneTypesInvalid) {
    return ApplicationFailure.nonRetryable(error.message, error.name)
  }
  if (error instanceof Prisma.PrismaClientValidationError) {
    return ApplicationFailure.nonRetryable(`The rows can't take this: ${error.message}`, 'InvalidRow')
  }
  if (error instanceof MediaError && error.kind === 'unreadable') {
    return ApplicationFailure.nonRetryable(error.message, FAILURES.mediaUnreadable)
  }
  return error
}

/**
 * A failure that says which scene, or which prediction, it is about: while Temporal waits to try again, that is how the
 * API knows whose wait it is.
 */
function about(input: { sceneId?: string; predictionId?: string }, error: unknown): unknown {
  const subject = input?.sceneId ?? input?.predictionId
  if (!(error instanceof ApplicationFailure) || error.details?.length || !subject) return error
  const { message, nextRetryDelay, cause } = error
  return ApplicationFailure.create({
    ...{ message, nextRetryDelay, cause, details: [subject] },
    type: error.type ?? undefined,
    nonRetryable: error.nonRetryable ?? undefined,
    category: error.category ?? undefined,
  })
}

export function providerFailure(failure: ProviderFailure): ApplicationFailure {
  return ApplicationFailure.create({
    type: failure.type,
    message: failure.message,
    nonRetryable: failure.retryAfterSeconds === null,
    nextRetryDelay: failure.retryAfterSeconds ? failure.retryAfterSeconds * 1000 : undefined,
  })
}

/** A failure to be tried again after a set time, without a warning in the worker's log. */
export function tryAgainIn(seconds: number, type: string, message: string, details?: unknown[]): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    details,
    nextRetryDelay: Math.max(1, Math.ceil(seconds * 1000)),
    category: 'BENIGN',
  })
}

/** How soon something is tried again that a wrong key, missing credit or a proxy in the way prevented. */
const MENDED_BY_A_PERSON_SECONDS = 30

/** The same for what is not given up although the provider refuses to answer, because it is paid for or may be. */
export function tryOnceMended({ type, message, retryAfterSeconds }: ProviderFailure): ApplicationFailure {
  return tryAgainIn(retryAfterSeconds ?? MENDED_BY_A_PERSON_SECONDS, type, message)
}
