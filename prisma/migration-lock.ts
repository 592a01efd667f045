/** One process at a time migrates a database. */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

const SQLITE_BUSY = 5
const LOOK_EVERY_MS = 50

/**
 * Waits until no other process is migrating, and then runs `work`. Prisma's engine keeps every lock that it takes, so two
 * that start at the same moment would each hold what the other needs until both give up. The lock is the operating
 * system's, taken through a file beside the database, and ends with its process.
 */
export async function migratingAlone<T>(databasePath: string, work: () => Promise<T>): Promise<T> {
  const lock = new DatabaseSync(`${databasePath}.migrating`)
  try {
    while (!taken(lock)) await sleep(LOOK_EVERY_MS)
    return await work()
  } finally {
    lock.close()
  }
}

function taken(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false
    throw error
  }
}
