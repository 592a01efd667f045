/** Holds a folder of files under a bound: those that were not used for longest go first. A file's time says when it was. */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Mutex } from 'async-mutex'
import { HASH } from './blob-store.ts'

/** What nobody used for so long goes, so that bytes which were deleted elsewhere do not stay here. */
const UNUSED_AT_MOST_MS = 24 * 60 * 60_000
const LOOK_EVERY_MS = 60 * 60_000
/** Looking takes a moment where there are many files, so it is done once a process has added this part of the bound. */
const LOOK_AFTER_SHARE = 1 / 32
/** Trimmed to this, so that two processes stay under the bound until one of them looks again. */
const KEPT_SHARE = 15 / 16

export interface Trimmer {
  /** To be told of every file. */
  added(bytes: number): Promise<void>
  close(): void
}

/** @param root the folder, which other processes may hold under the same bound */
export function createTrimmer(root: string, maxBytes: number): Trimmer {
  const inTurn = new Mutex()
  // Others have filled it before.
  let addedBytes = Number.POSITIVE_INFINITY
  const trim = () =>
    inTurn.runExclusive(async () => {
      if (addedBytes <= maxBytes * LOOK_AFTER_SHARE) return
      addedBytes = 0
      await dropLeastUsed(root, maxBytes)
    })
  const timer = setInterval(() => {
    addedBytes = Number.POSITIVE_INFINITY
    trim().catch(() => {})
  }, LOOK_EVERY_MS).unref()
  return {
    added(bytes) {
      addedBytes += bytes
      return trim()
    },
    close: () => clearInterval(timer),
  }
}

async function dropLeastUsed(root: string, maxBytes: number): Promise<void> {
  const files: { file: string; size: number; usedAt: number }[] = []
  for (const name of await readdir(root)) {
    const file = path.join(root, name)
    // Another process may have dropped it just now.
    const found = HASH.test(name) ? await stat(file).catch(() => null) : null
    if (found) files.push({ file, size: found.size, usedAt: found.mtimeMs })
  }
  files.sort((a, b) => a.usedAt - b.usedAt)
  let bytes = files.reduce((sum, { size }) => sum + size, 0)
  const bound = bytes > maxBytes ? maxBytes * KEPT_SHARE : maxBytes
  const unusedSince = Date.now() - UNUSED_AT_MOST_MS
  for (const { file, size, usedAt } of files) {
    if (bytes <= bound && usedAt > unusedSince) break
    await rm(file, { force: true })
    bytes -= size
  }
}
