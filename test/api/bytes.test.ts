import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import http from 'node:http'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAsset } from '../../prisma/queries/assets.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251))
/** More than the buffers between the store and a client that does not read can hold. */
const LARGE = 32 * 1024 * 1024

let api: TestApi
let path: string
let hash: string
beforeAll(async () => {
  api = await startTestApi()
  hash = (await api.blobs.put(Readable.from([BYTES]))).hash
  path = await assetOf(hash, BYTES.length)
})
afterAll(() => api.close())

async function assetOf(blobHash: string, size: number, name = 'Küche "1".jpg'): Promise<string> {
  const kind = { type: 'image', format: 'jpg', contentType: 'image/jpeg' }
  const { id } = await createAsset(api.db, { ...kind, name, blobHash, size })
  return `/api/v3/assets/${id}/data`
}

async function ask(headers: Record<string, string> = {}, method = 'GET') {
  const response = await api.request(path, { method, headers })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

describe('bytes', () => {
  it('come whole, with what a browser and a cache need to know', async () => {
    const { status, headers, bytes } = await ask()
    expect(status).toBe(200)
    expect(bytes.equals(BYTES)).toBe(true)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': '1000',
      'accept-ranges': 'bytes',
      etag: `"${hash}"`,
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'content-disposition': `inline; filename="K_che _1_.jpg"; filename*=UTF-8''K%C3%BCche%20%221%22.jpg`,
    })
  })

  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=990-', 990, 999],
    ['bytes=990-5000', 990, 999],
    ['bytes=-10', 990, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=0-', 0, 999],
  ])('come as the range %s', async (range, start, end) => {
    const { status, headers, bytes } = await ask({ range })
    expect(status).toBe(206)
    expect(headers.get('content-range')).toBe(`bytes ${start}-${end}/1000`)
    expect(headers.get('content-length')).toBe(String(end - start + 1))
    expect(bytes.equals(BYTES.subarray(start, end + 1))).toBe(true)
  })

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('have nothing at %s', async (range) => {
    const { status, headers, bytes } = await ask({ range })
    expect(status).toBe(416)
    expect(headers.get('content-range')).toBe('bytes */1000')
    expect(JSON.parse(bytes.toString()).error).toContain('1000')
  })

  it.each(['bytes=0-9,20-29', 'bytes=5-2', 'bytes=-', 'bytes=a-b', 'lines=0-9', 'bytes=0-9;x'])(
    'come whole for %s, which is several ranges or none',
    async (range) => {
      const { status, headers, bytes } = await ask({ range })
      expect(status).toBe(200)
      expect(headers.get('content-range')).toBeNull()
      expect(bytes).toHaveLength(1000)
    },
  )

  it('come as a range only while If-Range names these bytes', async () => {
    expect((await ask({ range: 'bytes=0-9', 'if-range': `"${hash}"` })).status).toBe(206)
    expect((await ask({ range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200)
    expect((await ask({ range: 'bytes=0-9', 'if-range': `W/"${hash}"` })).status).toBe(200)
    expect((await ask({ range: 'bytes=0-9', 'if-range': 'Sat, 01 Jan 2022 00:00:00 GMT' })).status).toBe(200)
  })

  it.each([(tag: string) => tag, (tag: string) => `W/${tag}`, (tag: string) => `"other", ${tag}`, () => '*'])(
    'do not come again to who has them (%#)',
    async (header) => {
      const { status, headers, bytes } = await ask({ 'if-none-match': header(`"${hash}"`), range: 'bytes=0-9' })
      expect(status).toBe(304)
      expect(headers.get('etag')).toBe(`"${hash}"`)
      expect(bytes).toHaveLength(0)
    },
  )

  it('come to who has others', async () => {
    expect((await ask({ 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('are only described to HEAD', async () => {
    const { status, headers, bytes } = await ask({ range: 'bytes=0-9' }, 'HEAD')
    expect(status).toBe(200)
    expect(headers.get('content-length')).toBe('1000')
    expect(headers.get('etag')).toBe(`"${hash}"`)
    expect(bytes).toHaveLength(0)
  })

  it('are the same whatever the query says', async () => {
    const response = await api.request(`${path}?t=token&scene=2`)
    expect(response.status).toBe(200)
    expect(response.headers.get('etag')).toBe(`"${hash}"`)
  })

  it('that the store lost are answered 404', async () => {
    const blob = '0'.repeat(64)
    const { status, json } = await api.call('GET', await assetOf(blob, 10))
    expect({ status, json }).toEqual({ status: 404, json: { error: 'The bytes are gone from the store', blob } })
  })

  it('whose reader leaves are not written on, and their file is closed', async () => {
    const written: Promise<void>[] = []
    const watched = await startTestApi({}, { blobs: watching(api.blobs, (done) => written.push(done)), db: api.db })
    const large = await api.blobs.put(Readable.from([Buffer.alloc(LARGE)]))
    const request = http.get(watched.url + (await assetOf(large.hash, large.size)))
    const [response] = await once(request, 'response')
    await once(response, 'readable')
    const before = await openFiles(large.hash)
    request.destroy()
    await expect(written[0]).rejects.toThrow()
    expect([before, await openFiles(large.hash)]).toEqual([1, 0])
    await watched.close()
  })
})

function watching(blobs: BlobStore, writing: (done: Promise<void>) => void): BlobStore {
  return {
    ...blobs,
    async open(...args) {
      const blob = await blobs.open(...args)
      return {
        writeTo(out) {
          const done = blob.writeTo(out)
          writing(done)
          return done
        },
      }
    },
  }
}

/** How often this process holds the blob's file open. */
async function openFiles(hash: string): Promise<number> {
  const descriptors = await readdir('/proc/self/fd')
  const files = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  return files.filter((file) => file.endsWith(hash)).length
}
