/** Where a process keeps files that are not finished. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import path from 'node:path'

/** Makes a folder for this process alone, and removes those of processes that died. @returns its path */
export async function openTempDir(dataDir: string): Promise<string> {
  const root = rootOf(dataDir)
  await mkdir(root, { recursive: true })
  await removeAbandonedFolders(dataDir)
  return mkdtemp(path.join(root, `${process.pid}-`))
}

const rootOf = (dataDir: string) => path.join(dataDir, 'tmp')

/** Removes the folders of processes that died. @returns how many these were */
export function removeAbandonedFolders(dataDir: string): Promise<number> {
  return removeAbandoned(rootOf(dataDir))
}

/** Removes what `folder` holds under the names of processes that died ("<pid>-…"). @returns how many these were */
export async function removeAbandoned(folder: string): Promise<number> {
  let removed = 0
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1])
    if (isAlive(pid)) continue
    await rm(path.join(folder, name), { recursive: true, force: true })
    removed++
  }
  return removed
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
