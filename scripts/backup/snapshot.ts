/** A copy of an SQLite database that others write to meanwhile. */
import { open } from 'node:fs/promises'
import Sqlite from 'better-sqlite3'

/** All pages in one step: else each write of another process makes the copy begin again. */
const ALL_PAGES = 0x7fffffff

/**
 * As it was at one moment, whatever is committed meanwhile; nobody who writes waits for it. On disk when this returns.
 * @throws Error in one sentence when there is no such database
 */
export async function snapshot(database: string, to: string): Promise<void> {
  const connection = openReadable(database)
  try {
    // Nothing is copied yet when it asks for the first time.
    await connection.backup(to, { progress: () => ALL_PAGES })
  } finally {
    connection.close()
  }
  const copy = await open(to, 'r+')
  await copy.sync().finally(() => copy.close())
}

/** @throws Error in one sentence when there is no such database */
export function openReadable(database: string): Sqlite.Database {
  try {
    return new Sqlite(database, { readonly: true, fileMustExist: true })
  } catch (error) {
    throw new Error(`There is no database to back up at ${database}: ${(error as Error).message}.`)
  }
}
