/** What a process asks a database once and then knows. */
import type { Database } from './client.ts'

export interface OncePerDatabase<T> {
  /** Asked again after it failed. */
  (db: Database): Promise<T>
  /** It has changed. */
  forget(db: Database): void
}

export function oncePerDatabase<T>(read: (db: Database) => Promise<T>): OncePerDatabase<T> {
  const known = new WeakMap<Database, Promise<T>>()
  const ask = (db: Database) => {
    let answer = known.get(db)
    if (!answer) {
      answer = read(db)
      answer.catch(() => known.delete(db))
      known.set(db, answer)
    }
    return answer
  }
  return Object.assign(ask, { forget: (db: Database) => void known.delete(db) })
}
