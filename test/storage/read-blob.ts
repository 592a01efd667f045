import { Writable } from 'node:stream'
import type { BlobStore } from '../../storage/blob-store.ts'

/** The bytes of a blob, as a response gets them. */
export async function readBlob(store: BlobStore, hash: string, start: number, end: number): Promise<Buffer> {
  const parts: Buffer[] = []
  const out = new Writable({
    write(chunk, _encoding, done) {
      parts.push(Buffer.from(chunk))
      done()
    },
  })
  await (await store.open(hash, { start, end })).writeTo(out)
  return Buffer.concat(parts)
}

export async function* chunks(...parts: Uint8Array[]) {
  yield* parts
}
