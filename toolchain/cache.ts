/** Fetched programs, kept in .cache/tools/<name>-<version>/. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isExecutable } from './executables.ts'
import type { FetchedName } from './pins.ts'
import { pins } from './pins.ts'

const ABANDONED_AFTER_MS = 60 * 60_000
const TEMPORARY = 'fetching-'

export async function cachedTool(name: FetchedName, cacheDir: string): Promise<string | undefined> {
  const file = placeOf(name, cacheDir)
  return (await isExecutable(file)) ? file : undefined
}

/**
 * Lets `fetchInto` fill a temporary folder, checks the program that it brought against its pinned hash and moves it into
 * the cache in one step, so that a process killed half-way leaves nothing that looks whole. Two processes may do this at
 * once: both fetch the same file, and the later rename wins.
 * @returns the program's place in the cache
 * @throws when fetching fails or the program is not the pinned one
 */
export async function addToCache(
  name: FetchedName,
  cacheDir: string,
  sha256: string,
  fetchInto: (folder: string) => Promise<void>,
): Promise<string> {
  await mkdir(cacheDir, { recursive: true })
  await removeAbandoned(cacheDir)
  const folder = await mkdtemp(path.join(cacheDir, TEMPORARY))
  try {
    await fetchInto(folder)
    const fetched = (await readdir(folder, { recursive: true, withFileTypes: true })).find(
      (entry) => entry.isFile() && pins[name].file.test(entry.name),
    )
    if (!fetched) throw new Error(`what was downloaded holds no ${name}`)
    const file = path.join(fetched.parentPath, fetched.name)
    const found = await hashOf(file)
    if (found !== sha256) throw new Error(`the ${name} that was downloaded is not the pinned one (sha256 ${found})`)
    await chmod(file, 0o755)
    const place = placeOf(name, cacheDir)
    await mkdir(path.dirname(place), { recursive: true })
    await rename(file, place)
    return place
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function placeOf(name: FetchedName, cacheDir: string): string {
  return path.join(cacheDir, `${name}-${pins[name].version}`, name)
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** Temporary folders of processes that were killed. */
async function removeAbandoned(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith(TEMPORARY)) continue
    const folder = path.join(cacheDir, name)
    const info = await stat(folder).catch(() => undefined)
    if (info && Date.now() - info.mtimeMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true })
  }
}
