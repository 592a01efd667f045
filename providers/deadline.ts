/** A deadline over one exchange with a vendor: an AbortSignal that fires when too much time passes or the caller gives up. */

export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed'
}

export interface Deadline {
  signal: AbortSignal
  /** Counts from zero again. */
  restart(): void
  /** Stops counting; the caller can still give up. */
  pause(): void
  /** Must be called once the exchange is over. */
  end(): void
}

/**
 * Starts counting.
 * @param seconds after which `signal` aborts with a DeadlinePassed
 * @param callerSignal aborts it at once, with the caller's reason
 */
export function startDeadline(seconds: number, callerSignal?: AbortSignal): Deadline {
  const controller = new AbortController()
  const giveUp = () => controller.abort(callerSignal?.reason)
  if (callerSignal?.aborted) giveUp()
  callerSignal?.addEventListener('abort', giveUp, { once: true })
  let timer: NodeJS.Timeout | undefined
  const pause = () => clearTimeout(timer)
  const restart = () => {
    pause()
    timer = setTimeout(() => controller.abort(new DeadlinePassed(`nothing came within ${seconds} s`)), seconds * 1000)
  }
  restart()
  return {
    signal: controller.signal,
    restart,
    pause,
    end() {
      pause()
      callerSignal?.removeEventListener('abort', giveUp)
    },
  }
}
