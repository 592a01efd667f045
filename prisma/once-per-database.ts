/** What a process asks a database once and then knows. */
import type { Database } from './client.ts'

export interface OncePerDatabase<T> {
  /** Asked again after it failed. */
  (db: Database): Promise<T>
  /** It has changed. */
  forget(db: Database): void
}

/** @param forMs how long it is known, in milliseconds; for as long as the process lives unless given */
export function oncePerDatabase<T>(
  read: (db: Database) => Promise<T>,
  forMs = Number.POSITIVE_INFINITY,
): OncePerDatabase<T> {
  const known = new WeakMap<Database, { answer: Promise<T>; until: number }>()
  const ask = (db: Database) => {
    const before = known.get(db)
    if (before && before.until > Date.now()) return before.answer
    const answer = read(db)
    answer.catch(() => known.delete(db))
    known.set(db, { answer, until: Date.now() + forMs })
    return answer
  }
  return Object.assign(ask, { forget: (db: Database) => void known.delete(db) })
}
