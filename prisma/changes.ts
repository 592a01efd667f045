/** Tells whether rows may have changed, for far less than reading them. */
import { type Database, openedAs } from './client.ts'
import { watchPostgres } from './postgres-changes.ts'
import { watchFile } from './sqlite-changes.ts'

export interface Changes {
  /** Equal to an earlier one only if nothing was committed in between, by whichever process. It costs next to nothing. */
  stamp(): unknown | Promise<unknown>
  close(): void
}

/** @param db the whole database, not one client's view of it */
export function watchChanges(db: Database): Changes {
  const { location } = openedAs(db)
  return typeof location === 'string' ? watchFile(location) : watchPostgres(db)
}
