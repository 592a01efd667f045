import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
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

async function read(hash: string, start: number, end: number): Promise<Buffer> {
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

describe('the file store', () => {
  it('names a blob by the hash of its bytes and hands the same bytes back', async () => {
    const bytes = randomBytes(900_000)
    const stored = await store.put(chunks(bytes.subarray(0, 70_000), bytes.subarray(70_000)))
    expect(stored).toEqual({ hash: createHash('sha256').update(bytes).digest('hex'), size: 900_000 })
    expect((await read(stored.hash, 0, 899_999)).equals(bytes)).toBe(true)
    expect(await read(stored.hash, 10, 19)).toEqual(bytes.subarray(10, 20))
    expect(await store.stat(stored.hash)).toEqual({ size: 900_000, writtenAt: expect.any(Date) })
  })

  it('says when a file is shorter than it should be', async () => {
    const { hash } = await store.put(chunks(randomBytes(10)))
    await expect(read(hash, 0, 10)).rejects.toThrow('ends at byte 10')
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
    expect((await read(hash, 0, 3)).toString()).toBe('film')
    expect(await readdir(root)).not.toContain('made.mp4')
  })

  it('writes the same bytes twice at the same moment without harm', async () => {
    const bytes = randomBytes(50_000)
    const all = await Promise.all(Array.from({ length: 8 }, () => store.put(chunks(bytes))))
    expect(new Set(all.map((blob) => blob.hash)).size).toBe(1)
    expect(await read(all[0]?.hash ?? '', 0, 49_999)).toEqual(bytes)
  })

  it('never follows a hash out of its folder', async () => {
    await expect(store.open('../../../etc/passwd', { start: 0, end: 0 })).rejects.toThrow(BlobNotFound)
    expect(await store.stat('../tmp')).toBeNull()
    await expect(store.localFile('0'.repeat(64))).rejects.toThrow(BlobNotFound)
  })
})

it('removes what a process that was killed had begun to write, and nothing of one that lives', async () => {
  const temporary = path.join(root, 'tmp')
  const living = `${process.pid}-being-written`
  for (const name of ['999999999-half', living]) await writeFile(path.join(temporary, name), 'half')
  await createFileStore(root)
  expect(await readdir(temporary)).toEqual([living])
})
