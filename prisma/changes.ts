/**
 * Tells whether rows may have changed, for far less than reading them. It is a connection of its own, because SQLite tells a
 * connection of every commit but its own: so those of this process count like those of a worker or of a second server.
 */
import Sqlite from 'better-sqlite3'

export interface Changes {
  /** Equal to an earlier one only if nothing was committed in between, by whichever process. Takes microseconds. */
  stamp(): unknown
  close(): void
}

/** @param databasePath of a database that is open, or was */
export function watchChanges(databasePath: string): Changes {
  const connection = new Sqlite(databasePath, { readonly: true, fileMustExist: true, timeout: 0 })
  const version = connection.prepare('PRAGMA data_version').pluck()
  return {
    stamp() {
      try {
        return version.get()
      } catch {
        // Another program locks the whole file: what it does there is unknown.
        return Symbol('unknown')
      }
    },
    close: () => connection.close(),
  }
}
