/**
 * Blobs of a store that is elsewhere, kept on the local disk: ffmpeg needs files. Who uses one gets a second name for it (a
 * hard link) in a folder of his own, so a blob may be dropped here at any moment, by any process, and a process that dies
 * leaves nothing but its folder, which is removed with it (docs/decisions/0046-bytes-in-s3.md).
 */
import { randomUUID } from 'node:crypto'
import { copyFile, link, mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { moveFile } from './hashed-file.ts'
import { createTrimmer } from './least-used.ts'
import { OWN_PREFIX, removeAbandoned } from './temp-dir.ts'

export interface BlobCache {
  /** A name for a file that is not finished; a process that dies leaves it to `removeUnfinished`. */
  unfinished(): string
  /** Takes over a finished file, which is gone afterwards. */
  adopt(file: string, hash: string): Promise<void>
  /**
   * A name for the blob in `folder`.
   * @param bring writes the blob to a new file, when it is not here; several who ask at once have it brought once
   */
  localFile(hash: string, folder: string, bring: (file: string) => Promise<void>): Promise<string>
  forget(hash: string): Promise<void>
  /** Removes what dead processes had begun to write. @returns how many files */
  removeUnfinished(): Promise<number>
  close(): void
}

/**
 * @param root the folder; made when missing, and shared by processes
 * @param maxBytes how much is kept; what is being fetched, and what is in use after it was dropped, comes on top
 */
export async function openBlobCache(root: string, maxBytes: number): Promise<BlobCache> {
  const temporary = path.join(root, 'tmp')
  await mkdir(temporary, { recursive: true })
  await removeAbandoned(temporary)
  const trimmer = createTrimmer(root, maxBytes)
  const unfinished = () => path.join(temporary, `${OWN_PREFIX}${randomUUID()}`)
  const pathOf = (hash: string) => path.join(root, hash)
  const coming = new Map<string, Promise<void>>()

  const fetchInto = async (hash: string, target: string, bring: (file: string) => Promise<void>) => {
    const file = unfinished()
    try {
      await bring(file)
      // Before it is kept, for it might be dropped at once.
      await take(file, target)
      await rename(file, pathOf(hash))
    } finally {
      await rm(file, { force: true })
    }
  }

  return {
    unfinished,

    async adopt(file, hash) {
      const { size } = await stat(file)
      await moveFile(file, pathOf(hash))
      await trimmer.added(size)
    },

    async localFile(hash, folder, bring) {
      const target = path.join(folder, hash)
      while (!(await take(pathOf(hash), target))) {
        const underWay = coming.get(hash)
        if (underWay) {
          await underWay
          continue
        }
        const fetching = fetchInto(hash, target, bring).finally(() => coming.delete(hash))
        coming.set(hash, fetching)
        await fetching
        await trimmer.added((await stat(target)).size)
        break
      }
      return target
    },

    forget: (hash) => rm(pathOf(hash), { force: true }),

    removeUnfinished: () => removeAbandoned(temporary),

    close: () => trimmer.close(),
  }
}

/** Gives a file another name, and notes that it is used. @returns whether it is there */
async function take(file: string, target: string): Promise<boolean> {
  try {
    await link(file, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return false
    // Two steps of one activity may need the same clip. Another disk has no second names: there it is a copy.
    if (code === 'EXDEV') await copyFile(file, target)
    else if (code !== 'EEXIST') throw error
  }
  const now = new Date()
  await utimes(file, now, now).catch(() => {})
  return true
}
