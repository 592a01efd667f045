/** Sends a file of known hash to S3, which checks what arrives. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { StoredBlob } from '../blob-store.ts'
import type { S3 } from './client.ts'
import type { ObjectKey } from './get-object.ts'

/** With at most 10,000 parts an object is of 80 GiB at most. */
const PART_BYTES = 8 * 1024 * 1024
/** Parts at once: what an upload holds in memory is so many of them and the next one. */
const PARTS_AT_ONCE = 2

/**
 * A small file goes in one request, whose checksum is the blob's own name; a large one in parts, each with the SHA-256 that
 * it was sent with. What fails is aborted, so that no parts are left; what dies is aborted by `abortUploads`.
 */
export async function uploadFile(
  { client }: S3,
  object: ObjectKey,
  file: string,
  { hash, size }: StoredBlob,
  signal?: AbortSignal,
): Promise<void> {
  if (size <= PART_BYTES) {
    const ChecksumSHA256 = Buffer.from(hash, 'hex').toString('base64')
    const put = new PutObjectCommand({ ...object, Body: await readFile(file), ChecksumSHA256 })
    await client.send(put, { abortSignal: signal })
    return
  }
  const Body = createReadStream(file, { highWaterMark: 1024 * 1024 })
  const upload = new Upload({
    client,
    params: { ...object, Body, ChecksumAlgorithm: 'SHA256' },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
  })
  const abort = () => void upload.abort()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await upload.done()
  } finally {
    signal?.removeEventListener('abort', abort)
    Body.destroy()
  }
}
