/** The blob store on a local disk: DATA_DIR/blobs/ab/cd/abcd…, and DATA_DIR/blobs/tmp for what is being written. */
import { randomUUID } from 'node:crypto'
import { access, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { BlobNotFound, type BlobStore, HASH, keyOf } from './blob-store.ts'
import { hashFile, moveFile, writeHashed } from './hashed-file.ts'
import { pourFile } from './pour-file.ts'
import { OWN_PREFIX, removeAbandoned } from './temp-dir.ts'

/** @param root the folder that holds the blobs; made when missing */
export async function createFileStore(root: string): Promise<BlobStore> {
  const store = fileStore(root)
  await mkdir(path.join(root, 'tmp'), { recursive: true })
  // What a process was writing when it was killed.
  await store.removeUnfinished(new Date())
  return store
}

/** The same, of a folder that is there, and in which nothing changes unless it is written to. */
export function fileStore(root: string): BlobStore {
  const temporary = path.join(root, 'tmp')
  const unfinished = () => path.join(temporary, `${OWN_PREFIX}${randomUUID()}`)

  const pathOf = (hash: string) => path.join(root, keyOf(hash))

  /** Moves a complete file to its name; its bytes and its name are on disk when this returns. */
  const adopt = async (file: string, hash: string) => {
    const target = pathOf(hash)
    await mkdir(path.dirname(target), { recursive: true })
    await rename(file, target)
    await syncFolder(path.dirname(target))
  }

  const existing = async (hash: string) => {
    const file = pathOf(hash)
    try {
      await access(file)
    } catch {
      throw new BlobNotFound(hash)
    }
    return file
  }

  return {
    async put(source, { maxBytes, signal } = {}) {
      const file = unfinished()
      try {
        const stored = await writeHashed(source, file, maxBytes, signal)
        await adopt(file, stored.hash)
        return stored
      } finally {
        await rm(file, { force: true })
      }
    },

    async putFile(source) {
      const stored = await hashFile(source)
      const file = unfinished()
      try {
        await moveFile(source, file)
        await adopt(file, stored.hash)
      } finally {
        await rm(file, { force: true })
      }
      return stored
    },

    async open(hash, range) {
      const file = await open(pathOf(hash)).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? new BlobNotFound(hash) : error
      })
      return { writeTo: (out) => pourFile(file, range, out) }
    },

    async stat(hash) {
      if (!HASH.test(hash)) return null
      const found = await stat(pathOf(hash)).catch(() => null)
      return found ? { size: found.size, writtenAt: found.mtime } : null
    },

    localFile: existing,

    async delete(hash) {
      await rm(pathOf(hash), { force: true })
    },

    async *list() {
      for (const first of await foldersIn(root)) {
        for (const second of await foldersIn(path.join(root, first))) {
          for (const hash of await readdir(path.join(root, first, second)).catch(() => [])) {
            const found = HASH.test(hash) && (await stat(pathOf(hash)).catch(() => null))
            if (found) yield { hash, size: found.size, writtenAt: found.mtime }
          }
        }
      }
    },

    removeUnfinished: () => removeAbandoned(temporary),

    close() {},
  }
}

/** The folders that hashes begin with. */
async function foldersIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name))
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
