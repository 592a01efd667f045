/** Reads an object, and checks that it is what its name says. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { BlobDamaged, BlobStoreDown, type ByteRange, type OpenBlob } from '../blob-store.ts'
import { write } from '../pour-file.ts'
import { releasing } from '../release-memory.ts'
import type { S3 } from './client.ts'

export interface ObjectKey {
  Bucket: string
  Key: string
}

/** S3 may pause within an answer, but not for so long. A reader who takes his time does not count. */
const SILENT_AT_MOST_MS = 30_000
/** An answer that nobody begins to read, because the request that it was for is over, gives its connection back. */
const TAKEN_WITHIN_MS = 10_000

/** Begins to read, so that what is missing is known at once. */
export async function openObject(s3: S3, object: ObjectKey, hash: string, range: ByteRange): Promise<OpenBlob> {
  const Range = `bytes=${range.start}-${range.end}`
  const { Body, ContentRange } = await s3.downloads.send(new GetObjectCommand({ ...object, Range }))
  const body = Body as Readable
  const [, last, size] = /-(\d+)\/(\d+)$/.exec(ContentRange ?? '') ?? []
  if (Number(last) !== range.end) {
    body.destroy()
    throw new BlobDamaged(hash, `it ends at byte ${size}, before byte ${range.end}`)
  }
  const isWhole = range.start === 0 && Number(size) === range.end + 1
  const abandoned = setTimeout(() => body.destroy(), TAKEN_WITHIN_MS).unref()
  return {
    async writeTo(out) {
      clearTimeout(abandoned)
      const left = () => void body.destroy(new Error('The reader has left.'))
      out.once('close', left)
      try {
        if (out.destroyed) left()
        for await (const chunk of checked(s3, body, { hash, bytes: range.end - range.start + 1, isWhole })) {
          await write(out, chunk)
        }
      } finally {
        out.off('close', left)
        body.destroy()
      }
    },
  }
}

/** Writes the whole object to a new file, which is on disk when this returns. @throws BlobDamaged */
export async function fetchObject(s3: S3, object: ObjectKey, hash: string, file: string): Promise<void> {
  const { Body, ContentLength = 0 } = await s3.downloads.send(new GetObjectCommand(object))
  const handle = await open(file, 'wx').catch((error: unknown) => {
    ;(Body as Readable).destroy()
    throw error
  })
  try {
    for await (const chunk of checked(s3, Body as Readable, { hash, bytes: ContentLength, isWhole: true })) {
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

interface Expected {
  hash: string
  bytes: number
  /** Whether these are all bytes of the blob, which alone its name says something of. */
  isWhole: boolean
}

/** Yields what comes; the last of it only when all of it is right. Each chunk's memory is used again after the next. */
async function* checked(s3: S3, body: Readable, { hash, bytes, isWhole }: Expected): AsyncGenerator<Buffer> {
  const digest = isWhole ? createHash('sha256') : null
  const expectSomething = () =>
    setTimeout(() => body.destroy(new BlobStoreDown(s3.name, 'it fell silent')), SILENT_AT_MOST_MS)
  let silence = expectSomething()
  let received = 0
  try {
    for await (const chunk of releasing(body)) {
      clearTimeout(silence)
      received += chunk.byteLength
      digest?.update(chunk)
      if (received === bytes && digest && digest.digest('hex') !== hash) {
        throw new BlobDamaged(hash, 'its bytes have another SHA-256')
      }
      yield chunk as Buffer
      silence = expectSomething()
    }
    if (received !== bytes) throw new BlobStoreDown(s3.name, `its answer ended at ${received} of ${bytes} bytes`)
  } finally {
    clearTimeout(silence)
    body.destroy()
  }
}
