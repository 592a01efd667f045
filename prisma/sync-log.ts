/**
 * Brings what SQLite has committed onto the disk. With `synchronous=NORMAL` a commit is a write to the log (the WAL) that
 * only a sync of that file makes last; SQLite's own, with FULL, stops the thread for as long as the disk takes, each
 * transaction for itself.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { nextTurn } from './next-turn.ts'

export interface SyncedLog {
  /**
   * Resolves when everything that was committed before, by this process or another, would outlast a power cut.
   * @throws when the disk refused it: whether it lasts is not known then
   */
  synced(): Promise<void>
  close(): Promise<void>
}

/** @param database the path of a database in WAL mode that stays open until this is closed */
export function syncLog(database: string): SyncedLog {
  // SQLite's locks are on the database and its index, so that a file of the log may be opened and closed beside it.
  let log: Promise<FileHandle> | undefined
  const handle = () => {
    log ??= open(`${database}-wal`, 'r').catch((error: unknown) => {
      log = undefined
      throw error
    })
    return log
  }
  return {
    synced: nextTurn(async () => {
      await (await handle()).datasync()
    }),
    async close() {
      await (await log)?.close()
    },
  }
}
