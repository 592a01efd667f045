import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BlobNotFound, type BlobStore, BlobTooLarge } from '../../storage/blob-store.ts'
import { createFileStore } from '../../storage/file-store.ts'

let root: string
let store: BlobStore
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'greenlight-store-'))
  store = await createFileStore(root)
})
afterEach(() => rm(root, { recursive: true }))

async function* chunks(...parts: Uint8Array[]) {
  yield* parts
}

describe('the file store', () => {
  it('names a blob by the hash of its bytes and hands the same bytes back', async () => {
    const bytes = randomBytes(200_000)
    const stored = await store.put(chunks(bytes.subarray(0, 70_000), bytes.subarray(70_000)))
    expect(stored).toEqual({ hash: createHash('sha256').update(bytes).digest('hex'), size: 200_000 })
    expect(await buffer(await store.open(stored.hash))).toEqual(bytes)
    expect(await buffer(await store.open(stored.hash, { start: 10, end: 19 }))).toEqual(bytes.subarray(10, 20))
    expect(await store.stat(stored.hash)).toEqual({ size: 200_000, writtenAt: expect.any(Date) })
  })

  it('keeps nothing of an upload that breaks off or is too large', async () => {
    const broken = (async function* () {
      yield randomBytes(1000)
      throw new Error('connection lost')
    })()
    await expect(store.put(broken)).rejects.toThrow('connection lost')
    await expect(store.put(chunks(randomBytes(11)), { maxBytes: 10 })).rejects.toThrow(BlobTooLarge)
    expect(await readdir(path.join(root, 'tmp'))).toEqual([])
    expect(await readdir(root)).toEqual(['tmp'])
  })

  it('takes over a local file', async () => {
    const file = path.join(root, 'made.mp4')
    await writeFile(file, 'film')
    const { hash, size } = await store.putFile(file)
    expect(size).toBe(4)
    expect((await buffer(await store.open(hash))).toString()).toBe('film')
    expect(await readdir(root)).not.toContain('made.mp4')
  })

  it('writes the same bytes twice at the same moment without harm', async () => {
    const bytes = randomBytes(50_000)
    const all = await Promise.all(Array.from({ length: 8 }, () => store.put(chunks(bytes))))
    expect(new Set(all.map((blob) => blob.hash)).size).toBe(1)
    expect(await buffer(await store.open(all[0]?.hash ?? ''))).toEqual(bytes)
  })

  it('never follows a hash out of its folder', async () => {
    await expect(store.open('../../../etc/passwd')).rejects.toThrow(BlobNotFound)
    expect(await store.stat('../tmp')).toBeNull()
    await expect(store.localFile('0'.repeat(64))).rejects.toThrow(BlobNotFound)
  })
})
