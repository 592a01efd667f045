/** How a sweep goes through what is owed: one that fails keeps none behind it waiting, and neither does a slow one. */
import type { ActivityDeps } from './deps.ts'
import { canceled } from './heartbeat.ts'

type Owed = Record<string, unknown>

export interface Payer {
  /**
   * Pays one after the other, but what failed in this sweep.
   * @param what was done, for the log
   * @param pay says false where nothing was owed
   * @returns how many were paid
   */
  each<T extends Owed>(what: string, owed: T[], pay: (one: T) => Promise<unknown>): Promise<number>
  /** What failed and what there was no time for, which the next sweep tries again. */
  unpaid(): { failed: number; left: number }
}

/** @param seconds after which nothing more is begun */
export function createPayer({ log }: ActivityDeps, seconds: number): Payer {
  const end = Date.now() + seconds * 1000
  const stopped = canceled()
  const failed = new Set<Owed>()
  const left = new Set<Owed>()
  return {
    async each(what, owed, pay) {
      let paid = 0
      for (const one of owed) {
        if (failed.has(one)) continue
        if (stopped.aborted || Date.now() > end) {
          left.add(one)
          continue
        }
        try {
          if ((await pay(one)) === false) continue
          log.warn(one as object, what)
          paid++
        } catch (error) {
          log.error({ ...one, err: error } as object, `failed, and is tried again by the next sweep: ${what}`)
          failed.add(one)
        }
      }
      return paid
    },
    unpaid: () => ({ failed: failed.size, left: left.size }),
  }
}
