/** Files whose bytes are hashed while they are written or read. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { BlobTooLarge, type StoredBlob } from './blob-store.ts'
import { pourFile } from './pour-file.ts'

/**
 * Writes a file and hashes it on the way. It is on disk when this returns; after a failure nothing is written any more.
 * @throws BlobTooLarge once more than `maxBytes` have come
 */
export async function writeHashed(
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
  const target = createWriteStream(file, { flags: 'wx', flush: true })
  try {
    await pipeline(source, measured, target, { signal })
  } finally {
    // A stream that failed at once may have yet to make its file, which whoever removes what is left would miss.
    if (!target.closed) await new Promise<void>((resolve) => target.once('close', () => resolve()))
  }
  return { hash: hash.digest('hex'), size }
}

/** Renames, or copies where the two are on different file systems. The result is on disk when this returns. */
export async function moveFile(from: string, to: string): Promise<void> {
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

/** What a file would be called in a store. */
export async function hashFile(file: string): Promise<StoredBlob> {
  const { size } = await stat(file)
  const hash = createHash('sha256')
  await pourFile(await open(file), { start: 0, end: size - 1 }, hash)
  return { hash: hash.digest('hex'), size }
}
