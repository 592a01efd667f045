/** Where a process keeps files that are not finished. */
import { hash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'

/** Machines, and containers, may share a folder, and a process of one then has the number of a process of another. */
const MACHINE = hash('sha256', hostname()).slice(0, 8)
/** What the names of everything begin with that this process has not finished. */
export const OWN_PREFIX = `${MACHINE}.${process.pid}-`
/** What another machine has not finished for so long it never will. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60_000

/** Makes a folder for this process alone, and removes those of processes that died. @returns its path */
export async function openTempDir(dataDir: string): Promise<string> {
  const root = rootOf(dataDir)
  await mkdir(root, { recursive: true })
  await removeAbandonedFolders(dataDir)
  return mkdtemp(path.join(root, OWN_PREFIX))
}

const rootOf = (dataDir: string) => path.join(dataDir, 'tmp')

/** Removes the folders of processes that died. @returns how many these were */
export function removeAbandonedFolders(dataDir: string): Promise<number> {
  return removeAbandoned(rootOf(dataDir))
}

/** Removes what `folder` holds under the names of processes that died ("<machine>.<pid>-…"). @returns how many these were */
export async function removeAbandoned(folder: string): Promise<number> {
  let removed = 0
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name)
    // Without a machine: of an earlier release.
    const [, machine = MACHINE, pid] = /^(?:([0-9a-f]{8})\.)?(\d+)-/.exec(name) ?? []
    if (machine === MACHINE ? isAlive(Number(pid)) : await isRecent(file)) continue
    await rm(file, { recursive: true, force: true })
    removed++
  }
  return removed
}

async function isRecent(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  return found !== null && found.mtimeMs > Date.now() - GIVEN_UP_AFTER_MS
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
