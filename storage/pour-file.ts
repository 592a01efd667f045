/**
 * Writes a part of a file to a stream. Its buffers are used again and again: a stream of Node's makes a new one for every
 * chunk, and in a process as large as a server half of a download's CPU time then went into collecting them
 * (docs/decisions/0019-bytes-by-hand.md).
 */
import type { FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import type { ByteRange } from './blob-store.ts'

const BUFFER_BYTES = 256 * 1024
/** What is kept while nobody downloads: 8 MiB. */
const KEPT_BUFFERS = 32
const free: Buffer[] = []

/**
 * Resolves when the last byte was taken from `out`'s hands; does not end it. The file is closed in any case.
 * @throws when `out` is destroyed meanwhile, or the file ends early
 */
export async function pourFile(file: FileHandle, { start, end }: ByteRange, out: Writable): Promise<void> {
  try {
    const buffer = free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
    for (let position = start; position <= end; ) {
      const wanted = Math.min(BUFFER_BYTES, end + 1 - position)
      const { bytesRead } = await file.read(buffer, 0, wanted, position)
      if (bytesRead === 0) throw new Error(`The file ends at byte ${position}, before byte ${end}.`)
      await write(out, buffer.subarray(0, bytesRead))
      position += bytesRead
    }
    // Only here: after a failure somebody may still hold it.
    if (free.length < KEPT_BUFFERS) free.push(buffer)
  } finally {
    await file.close()
  }
}

/** Resolves when `out` does not need the bytes any more. A response whose reader leaves may forget to say so itself. */
export function write(out: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = () => reject(new Error('The reader has left.'))
    if (out.destroyed) return left()
    out.once('close', left)
    out.write(bytes, (error) => {
      out.off('close', left)
      if (error) reject(error)
      else resolve()
    })
  })
}
