/** Where a process keeps files that are not finished. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import path from 'node:path'

/** Makes a folder for this process alone, and removes those of processes that died. @returns its path */
export async function openTempDir(dataDir: string): Promise<string> {
  const root = path.join(dataDir, 'tmp')
  await mkdir(root, { recursive: true })
  for (const name of await readdir(root)) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1])
    if (!isAlive(pid)) await rm(path.join(root, name), { recursive: true, force: true })
  }
  return mkdtemp(path.join(root, `${process.pid}-`))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
