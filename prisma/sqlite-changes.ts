/**
 * Commits to an SQLite file, seen by a connection of its own, because SQLite tells a connection of every commit but its own:
 * so those of this process count like those of a worker or of a second server. A look takes microseconds.
 */
import Sqlite from 'better-sqlite3'
import type { Changes } from './changes.ts'

/** @param file of a database that is open, or was */
export function watchFile(file: string): Changes {
  const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 0 })
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
