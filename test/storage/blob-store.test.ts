/** What every store does, tried on each: on files and on a real S3 server. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBlobCache } from '../../storage/blob-cache.ts'
import { BlobNotFound, type BlobStore, BlobTooLarge, type StoredBlob } from '../../storage/blob-store.ts'
import { createFileStore } from '../../storage/file-store.ts'
import { createS3Store } from '../../storage/s3/store.ts'
import { type S3Server, startS3Server } from '../support/s3-server.ts'
import { chunks, readBlob } from './read-blob.ts'

const MIB = 1024 * 1024
let s3: S3Server
beforeAll(async () => {
  s3 = await startS3Server()
})
afterAll(() => s3.stop())

describe.each(['files', 'S3'])('a store in %s', (kind) => {
  let root: string
  let store: BlobStore
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'greenlight-store-'))
    store = kind === 'files' ? await createFileStore(path.join(root, 'blobs')) : await bucketStore()
  })
  afterEach(async () => {
    store.close()
    await rm(root, { recursive: true })
  })

  /** A part of the bucket to itself. Two are listed at once, so that every list has pages. */
  async function bucketStore() {
    const cache = await openBlobCache(path.join(root, 'blobs'), 100 * MIB)
    return createS3Store({ ...s3.location, prefix: `${path.basename(root)}/` }, { cache, pageSize: 2 })
  }

  async function listed(): Promise<StoredBlob[]> {
    const all: StoredBlob[] = []
    for await (const { hash, size } of store.list()) all.push({ hash, size })
    return all.sort((a, b) => a.size - b.size)
  }

  /** What stands in its folder beside blobs. */
  const unfinished = () => readdir(path.join(root, 'blobs', 'tmp'))

  it('names a blob by the hash of its bytes and hands the same bytes back', async () => {
    const bytes = randomBytes(900_000)
    const stored = await store.put(chunks(bytes.subarray(0, 70_000), bytes.subarray(70_000)))
    expect(stored).toEqual({ hash: createHash('sha256').update(bytes).digest('hex'), size: 900_000 })
    expect((await readBlob(store, stored.hash, 0, 899_999)).equals(bytes)).toBe(true)
    expect(await readBlob(store, stored.hash, 10, 19)).toEqual(bytes.subarray(10, 20))
    expect(await readBlob(store, stored.hash, 899_990, 899_999)).toEqual(bytes.subarray(899_990))
    expect(await store.stat(stored.hash)).toEqual({ size: 900_000, writtenAt: expect.any(Date) })
  })

  it('takes over a local file, of many parts too, and gives it as one', async () => {
    const bytes = randomBytes(20 * MIB)
    const file = path.join(root, 'made.mp4')
    await writeFile(file, bytes)
    const { hash, size } = await store.putFile(file)
    expect(size).toBe(20 * MIB)
    expect(await readdir(root)).not.toContain('made.mp4')
    expect((await readBlob(store, hash, 0, size - 1)).equals(bytes)).toBe(true)
    const folder = path.join(root, 'work')
    await mkdir(folder)
    expect((await readFile(await store.localFile(hash, folder))).equals(bytes)).toBe(true)
    expect(await unfinished()).toEqual([])
  })

  it('says when a blob is shorter than it should be', async () => {
    const { hash } = await store.put(chunks(randomBytes(10)))
    await expect(readBlob(store, hash, 0, 10)).rejects.toThrow('ends at byte 10')
  })

  it('keeps nothing of an upload that breaks off, is given up or is too large', async () => {
    const broken = (async function* () {
      yield randomBytes(1000)
      throw new Error('connection lost')
    })()
    await expect(store.put(broken)).rejects.toThrow('connection lost')
    await expect(store.put(chunks(randomBytes(11)), { maxBytes: 10 })).rejects.toThrow(BlobTooLarge)
    const givenUp = store.put(chunks(randomBytes(11)), { signal: AbortSignal.abort() })
    await expect(givenUp).rejects.toThrow('aborted')
    expect(await unfinished()).toEqual([])
    expect(await listed()).toEqual([])
  })

  it('writes the same bytes twice at the same moment without harm', async () => {
    const bytes = randomBytes(50_000)
    const all = await Promise.all(Array.from({ length: 4 }, () => store.put(chunks(bytes))))
    expect(new Set(all.map((blob) => blob.hash)).size).toBe(1)
    expect(await readBlob(store, all[0]?.hash ?? '', 0, 49_999)).toEqual(bytes)
  })

  it('lists all that it has, and what is deleted no more', async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map((size) => store.put(chunks(randomBytes(size)))))
    expect(await listed()).toEqual(all)
    const [first, ...rest] = all
    for (const time of [1, 2]) await store.delete(first?.hash ?? `${time}`)
    expect(await store.stat(first?.hash ?? '')).toBeNull()
    expect(await listed()).toEqual(rest)
  })

  it('tells what is missing by its name, and never follows one out of its place', async () => {
    const missing = '0'.repeat(64)
    await expect(store.open(missing, { start: 0, end: 0 })).rejects.toThrow(new BlobNotFound(missing))
    await expect(store.localFile(missing, root)).rejects.toThrow(new BlobNotFound(missing))
    expect(await store.stat(missing)).toBeNull()
    await expect(store.open('../../../etc/passwd', { start: 0, end: 0 })).rejects.toThrow(BlobNotFound)
    expect(await store.stat('../tmp')).toBeNull()
  })
})
