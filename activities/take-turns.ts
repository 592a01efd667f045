/** Lets what comes at the same moment be done one after the other, so that the first need not wait for all the others. */
import { Mutex } from 'async-mutex'

/** Does a work in its turn, which ends when it calls `done`, or ends, or takes too long. */
export type Turns = <T>(work: (done: () => void) => Promise<T>) => Promise<T>

/** @param longestMs after that the next one begins all the same */
export function takeTurns(longestMs: number): Turns {
  const turn = new Mutex()
  return async (work) => {
    const done = await turn.acquire()
    const late = setTimeout(done, longestMs)
    try {
      return await work(done)
    } finally {
      clearTimeout(late)
      done()
    }
  }
}
