/** Where a process keeps files that are not finished. */
import { hash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'

/** Machines, and containers, may share a folder, and a process of one then has the number of a process of another. */
const MACHINE = hash('sha256', hostname()).slice(0, 8)
/**
 * What the names of everything begin with that this process has not finished. A part of it is drawn: a container that is
 * started again after a crash has the same name, and its process the same number.
 */
export const OWN_PREFIX = `${MACHINE}.${process.pid}-${randomBytes(4).toString('hex')}-`
/** What another machine, or nobody knows who, has not finished for so long it never will. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60_000

/** Makes a folder for this process alone, and removes those of processes that died. @returns its path */
export async function openTempDir(dataDir: string): Promise<string> {
  const root = rootOf(dataDir)
  await mkdir(root, { recursive: true })
  await removeAbandonedFolders(dataDir)
  return mkdtemp(path.join(root, OWN_PREFIX))
}

const rootOf = (dataDir: string) => path.join(dataDir, 'tmp')
/** Where what comes in, and what is made for whoever asks, is worked on. */
const incomingOf = (dataDir: string) => path.join(dataDir, 'incoming')

/** Makes a folder for one thing that comes in, which whoever asked removes. @returns its path */
export async function openIncomingDir(dataDir: string): Promise<string> {
  const root = incomingOf(dataDir)
  await mkdir(root, { recursive: true })
  return mkdtemp(path.join(root, OWN_PREFIX))
}

/** Removes the folders of processes that died. @returns how many these were */
export async function removeAbandonedFolders(dataDir: string): Promise<number> {
  return (await removeAbandoned(rootOf(dataDir))) + (await removeAbandoned(incomingOf(dataDir)))
}

/** Removes what `folder` holds under the names of processes that died ("<machine>.<pid>-…"). @returns how many these were */
export async function removeAbandoned(folder: string): Promise<number> {
  let removed = 0
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name)
    if (name.startsWith(OWN_PREFIX) || (await mayBeWanted(name, file))) continue
    await rm(file, { recursive: true, force: true })
    removed++
  }
  return removed
}

async function mayBeWanted(name: string, file: string): Promise<boolean> {
  // Without a machine, or without a process either: of an earlier release.
  const [, machine = MACHINE, pid] = /^(?:([0-9a-f]{8})\.)?(\d+)-/.exec(name) ?? []
  if (pid === undefined || machine !== MACHINE) return isRecent(file)
  return Number(pid) !== process.pid && isAlive(Number(pid))
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
