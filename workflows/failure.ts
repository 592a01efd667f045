/** What failed, in a sentence for people. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow'

/** The innermost reason that an activity gave. A timeout is told by the last failure before it, when there was one. */
export function reasonOf(error: unknown): string {
  let innermost: unknown = error
  let timedOut = false
  while (innermost instanceof Error && innermost.cause instanceof Error) {
    innermost = innermost.cause
    timedOut ||= innermost instanceof TimeoutFailure
  }
  if (innermost instanceof ApplicationFailure) {
    return timedOut ? `It took too long; the last that was known: ${innermost.message}` : innermost.message
  }
  if (innermost instanceof TimeoutFailure) return 'It took too long, and no reason is known.'
  if (innermost instanceof ActivityFailure) return `The activity ${innermost.activityType} failed.`
  return innermost instanceof Error ? innermost.message : String(innermost)
}
