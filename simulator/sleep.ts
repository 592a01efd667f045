import { setTimeout as wait } from 'node:timers/promises'

/** Waits so many milliseconds (Infinity: until the signal). Throws when the signal is aborted first. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (ms === Number.POSITIVE_INFINITY) {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  } else if (ms > 0) {
    await wait(ms, undefined, { signal })
  }
}
