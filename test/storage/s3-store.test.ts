/** What only a store in S3 has: another machine, a network, and other processes. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBlobCache } from '../../storage/blob-cache.ts'
import { BlobDamaged, BlobStoreDown } from '../../storage/blob-store.ts'
import { openStore } from '../../storage/open-store.ts'
import type { S3Location } from '../../storage/s3/location.ts'
import { createS3Store, type S3Store } from '../../storage/s3/store.ts'
import { freePort } from '../../temporal/ports.ts'
import { type S3Server, startS3Server } from '../support/s3-server.ts'
import { chunks, readBlob } from './read-blob.ts'

const MIB = 1024 * 1024
let s3: S3Server
let root: string
let prefix: string
const opened: S3Store[] = []
beforeAll(async () => {
  s3 = await startS3Server()
})
afterAll(() => s3.stop())
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'greenlight-s3-store-'))
  prefix = `${path.basename(root)}/`
})
afterEach(async () => {
  for (const store of opened.splice(0)) store.close()
  await rm(root, { recursive: true })
})

async function open(over: Partial<S3Location> = {}): Promise<S3Store> {
  const cache = await openBlobCache(path.join(root, 'cache'), 100 * MIB)
  const store = createS3Store({ ...s3.location, prefix, ...over }, { cache, pageSize: 2 })
  opened.push(store)
  return store
}

const keyOf = (hash: string) => `${prefix}${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash}`
const nobody = '0'.repeat(64)

describe('bytes that are not what their name says', () => {
  it('are never handed on whole, and never kept', async () => {
    const store = await open()
    const bytes = randomBytes(200_000)
    const hash = createHash('sha256').update(bytes).digest('hex')
    bytes.writeUInt8(bytes.readUInt8(5) ^ 1, 5)
    await s3.client.send(new PutObjectCommand({ Bucket: s3.location.bucket, Key: keyOf(hash), Body: bytes }))
    await expect(store.localFile(hash, root)).rejects.toThrow(BlobDamaged)
    expect(await readdir(path.join(root, 'cache'))).toEqual(['tmp'])
    expect(await readdir(path.join(root, 'cache', 'tmp'))).toEqual([])
    let sent = 0
    const out = new Writable({
      write(chunk, _encoding, done) {
        sent += chunk.length
        done()
      },
    })
    const blob = await store.open(hash, { start: 0, end: bytes.length - 1 })
    await expect(blob.writeTo(out)).rejects.toThrow(BlobDamaged)
    expect(sent).toBeLessThan(bytes.length)
  })
})

it('aborts what was begun before a time and never finished, page after page, and nothing that another process is at', async () => {
  const store = await open()
  const Bucket = s3.location.bucket
  for (const hash of ['1', '2', '3'].map((digit) => digit.repeat(64))) {
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: keyOf(hash) }))
    const part = { Bucket, Key: keyOf(hash), UploadId, PartNumber: 1, Body: 'half' }
    await s3.client.send(new UploadPartCommand(part))
  }
  const left = async () =>
    (await s3.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix }))).Uploads?.length ?? 0
  expect(await store.removeUnfinished(new Date(Date.now() - 60_000))).toBe(0)
  expect(await left()).toBe(3)
  expect(await store.removeUnfinished(new Date(Date.now() + 60_000))).toBe(3)
  expect(await left()).toBe(0)
})

it('sends others to a blob by a URL that gives it the right name and type, in ranges too', async () => {
  const store = await open()
  const bytes = randomBytes(1000)
  const { hash } = await store.put(chunks(bytes))
  const disposition = `inline; filename="a film.mp4"; filename*=UTF-8''a%20film.mp4`
  const url = await store.linkTo?.(hash, { contentType: 'video/mp4', disposition })
  const response = await fetch(url ?? '', { headers: { range: 'bytes=10-19' } })
  expect(response.status).toBe(206)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'video/mp4',
    'content-disposition': disposition,
    'content-range': 'bytes 10-19/1000',
  })
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes.subarray(10, 20))
  const { searchParams } = new URL(url ?? '')
  expect(Number(searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(900)
  const other = new URL(url ?? '')
  other.pathname = other.pathname.replace(hash, nobody)
  const refused = await fetch(other)
  expect(refused.status).toBe(403)
  await refused.body?.cancel()
})

describe('S3 in trouble', () => {
  /** Something between us and S3: it counts connections and may answer in its place. */
  let proxy: http.Server
  let connections: Set<unknown>
  let answer: (
    request: http.IncomingMessage,
  ) => { status: number; headers?: Record<string, string>; body?: string } | null
  beforeEach(async () => {
    connections = new Set()
    answer = () => null
    const target = new URL(s3.location.endpoint ?? '')
    proxy = http.createServer((request, response) => {
      const own = answer(request)
      if (own) {
        request.resume()
        response.writeHead(own.status, own.headers).write(own.body ?? '')
        // Of an answer that is longer it has no more.
        if (!own.headers?.['content-length']) response.end()
        return
      }
      const { method, url, headers } = request
      const passed = http.request({ ...{ host: target.hostname, port: target.port, method, path: url, headers } })
      passed.on('response', (answered) => {
        response.writeHead(answered.statusCode ?? 500, answered.headers)
        answered.pipe(response)
      })
      passed.on('error', () => response.destroy())
      response.on('close', () => passed.destroy())
      request.pipe(passed)
    })
    proxy.on('connection', (socket) => {
      connections.add(socket)
      socket.on('close', () => connections.delete(socket))
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
  })
  afterEach(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const behindProxy = () => open({ endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` })

  it('closes the connection of a download whose reader leaves', async () => {
    const store = await behindProxy()
    const size = 12 * MIB
    const { hash } = await store.put(chunks(randomBytes(size)))
    const blob = await store.open(hash, { start: 0, end: size - 1 })
    const before = connections.size
    // It takes the first piece and never asks for another.
    const out = new Writable({ write: () => {} })
    const written = blob.writeTo(out)
    out.destroy()
    await expect(written).rejects.toThrow('The reader has left.')
    await expect.poll(() => connections.size).toBeLessThan(before)
  })

  it('closes it too when he leaves while S3 sends nothing', async () => {
    const store = await behindProxy()
    const headers = { 'content-range': 'bytes 0-99/100', 'content-length': '100' }
    answer = () => ({ status: 206, headers, body: 'begin' })
    const blob = await store.open(nobody, { start: 0, end: 99 })
    let taken = 0
    const out = new Writable({
      write(chunk, _encoding, done) {
        taken += chunk.length
        done()
      },
    })
    const written = blob.writeTo(out)
    written.catch(() => {})
    await expect.poll(() => taken).toBe(5)
    out.destroy()
    await expect(written).rejects.toThrow('The reader has left.')
    await expect.poll(() => connections.size).toBe(0)
  })

  it('leaves no parts of an upload that is refused half way', async () => {
    const store = await behindProxy()
    answer = ({ url }) => (url?.includes('partNumber=2') ? { status: 403 } : null)
    await expect(store.put(chunks(randomBytes(12 * MIB)))).rejects.toThrow(BlobStoreDown)
    const uploads = new ListMultipartUploadsCommand({ Bucket: s3.location.bucket, Prefix: prefix })
    expect((await s3.client.send(uploads)).Uploads ?? []).toEqual([])
    expect(await readdir(path.join(root, 'cache', 'tmp'))).toEqual([])
  })

  it('tries again what a passing fault refused', async () => {
    const store = await behindProxy()
    let faults = 0
    answer = () => (faults++ < 2 ? { status: 503 } : null)
    const { hash } = await store.put(chunks(randomBytes(10)))
    expect(await store.stat(hash)).toMatchObject({ size: 10 })
    expect(faults).toBeGreaterThan(2)
  })

  it('never repeats what it signed with', async () => {
    const store = await behindProxy()
    const secret = process.env.AWS_ACCESS_KEY_ID ?? ''
    const repeated = `<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message><AWSAccessKeyId>${secret}</AWSAccessKeyId></Error>`
    answer = () => ({ status: 403, body: repeated })
    const error = await readBlob(store, nobody, 0, 0).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(BlobStoreDown)
    expect((error as Error).message).toContain('SignatureDoesNotMatch')
    expect(JSON.stringify({ ...(error as object), message: (error as Error).message })).not.toContain(secret)
  })

  it('is named, with its reason, by everything that is asked of it', async () => {
    const store = await open({ endpoint: `http://127.0.0.1:${await freePort(0)}` })
    const asked = {
      put: () => store.put(chunks(randomBytes(10))),
      open: () => store.open(nobody, { start: 0, end: 0 }),
      stat: () => store.stat(nobody),
      localFile: () => store.localFile(nobody, root),
      delete: () => store.delete(nobody),
      list: () => store.list()[Symbol.asyncIterator]().next(),
      removeUnfinished: () => store.removeUnfinished(new Date()),
      check: () => store.check(),
    }
    const errors = await Promise.all(Object.values(asked).map((ask) => ask().then(null, (error: unknown) => error)))
    for (const error of errors) {
      expect(error).toBeInstanceOf(BlobStoreDown)
      expect((error as Error).message).toMatch(/^The blob store s3:\/\/greenlight\/.* can't be used: .*ECONNREFUSED/)
    }
    expect(await readdir(path.join(root, 'cache', 'tmp'))).toEqual([])
  })

  it('keeps nothing from starting, and the log says that it is away', async () => {
    const lines: string[] = []
    const log = pino({}, { write: (line: string) => void lines.push(line) })
    const away = { ...s3.location, endpoint: `http://127.0.0.1:${await freePort(0)}` }
    const store = await openStore({ dataDir: root, blobs: { s3: away, cacheBytes: MIB } }, log)
    store.close()
    expect(lines.join()).toMatch(
      /The blob store s3:\/\/greenlight can't be used: .*ECONNREFUSED.* It is used as soon as/,
    )
  })

  it('is told at the start when the bucket is not there', async () => {
    await expect((await open({ bucket: 'nowhere' })).check()).rejects.toThrow(
      /^There is no bucket nowhere, which s3:\/\/nowhere\S* names: create it, or correct the URL\.$/,
    )
  })
})
