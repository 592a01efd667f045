/** One Greenlight a data folder. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SQLITE_BUSY = 5
/** Keeps the locks reachable: a connection that is garbage-collected closes, and its lock with it. */
const held = new Set<DatabaseSync>()

/**
 * Locks a data folder, made when missing, for this process. The lock is the operating system's, taken through an SQLite
 * file: it ends with the process however that dies, and no pid can be mistaken for another.
 * @returns a function that gives it back
 * @throws when another process holds it, naming that process
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true })
  // The holder's pid is for people only. It stands in a file of its own, because closing any other handle of the locked
  // file would give up the lock (POSIX).
  const pidFile = path.join(dataDir, 'greenlight.pid')
  const lock = new DatabaseSync(path.join(dataDir, 'greenlight.lock'))
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    const pid = await readFile(pidFile, 'utf8').catch(() => 'unknown')
    throw new Error(
      `Another Greenlight (process ${pid.trim()}) is using ${dataDir}: stop it first, or set DATA_DIR to another folder.`,
    )
  }
  held.add(lock)
  await writeFile(pidFile, `${process.pid}\n`)
  return async () => {
    if (!held.delete(lock)) return
    await rm(pidFile, { force: true })
    lock.close()
  }
}
