/** The blob store on a local disk: DATA_DIR/blobs/ab/cd/abcd…, and DATA_DIR/blobs/tmp for what is being written. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BlobNotFound, type BlobStore, BlobTooLarge, type StoredBlob } from './blob-store.ts'
import { pourFile } from './pour-file.ts'
import { removeAbandoned } from './temp-dir.ts'

const HASH = /^[0-9a-f]{64}$/

/** @param root the folder that holds the blobs; made when missing */
export async function createFileStore(root: string): Promise<BlobStore> {
  const temporary = path.join(root, 'tmp')
  await mkdir(temporary, { recursive: true })
  // What a process was writing when it was killed.
  await removeAbandoned(temporary)
  const unfinished = () => path.join(temporary, `${process.pid}-${randomUUID()}`)

  const pathOf = (hash: string) => {
    // A hash never comes from outside unchecked, but it becomes a path, so it is checked here once more.
    if (!HASH.test(hash)) throw new BlobNotFound(hash)
    return path.join(root, hash.slice(0, 2), hash.slice(2, 4), hash)
  }

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
      const { size } = await stat(source)
      const hash = createHash('sha256')
      await pourFile(await open(source), { start: 0, end: size - 1 }, hash)
      const digest = hash.digest('hex')
      const file = unfinished()
      try {
        await moveFile(source, file)
        await adopt(file, digest)
      } finally {
        await rm(file, { force: true })
      }
      return { hash: digest, size }
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
  }
}

async function writeHashed(
  source: AsyncIterable<Uint8Array>,
  file: string,
  maxBytes = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): Promise<StoredBlob> {
  const hash = createHash('sha256')
  let size = 0
  const measured = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      size += chunk.byteLength
      if (size > maxBytes) throw new BlobTooLarge(maxBytes)
      hash.update(chunk)
      yield chunk
    }
  }
  // `flush`: on disk before the file is closed, so that a row never names bytes that a power cut took back.
  await pipeline(source, measured, createWriteStream(file, { flags: 'wx', flush: true }), { signal })
  return { hash: hash.digest('hex'), size }
}

/** Renames, or copies where the two are on different file systems. The result is on disk when this returns. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
    const handle = await open(to, 'r+')
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await writeHashed(createReadStream(from), to)
    await rm(from)
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
