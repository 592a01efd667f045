import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type BlobCache, openBlobCache } from '../../storage/blob-cache.ts'

const named = (text: string) => createHash('sha256').update(text).digest('hex')
const [red, green, blue] = ['red', 'green', 'blue'].map(named) as [string, string, string]

let root: string
let caches: BlobCache[]
let brought: string[]
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'greenlight-cache-'))
  caches = []
  brought = []
})
afterEach(async () => {
  for (const cache of caches) cache.close()
  await rm(root, { recursive: true })
})

/** One process's view of the same folder. */
async function open(maxBytes: number): Promise<BlobCache> {
  const cache = await openBlobCache(path.join(root, 'cache'), maxBytes)
  caches.push(cache)
  return cache
}

/** Asks for a blob of 1,000 bytes, in a work folder of its own. */
async function use(cache: BlobCache, hash: string): Promise<string> {
  const folder = await mkdtemp(path.join(root, 'work-'))
  return cache.localFile(hash, folder, async (file) => {
    brought.push(hash)
    await writeFile(file, hash.padEnd(1000))
  })
}

const kept = async () => (await readdir(path.join(root, 'cache'))).filter((name) => name !== 'tmp').sort()
const age = (hash: string, seconds: number) => {
  const then = new Date(Date.now() - seconds * 1000)
  return utimes(path.join(root, 'cache', hash), then, then)
}

it('brings a blob once, for all that ask', async () => {
  const [one, other] = [await open(1e6), await open(1e6)]
  const files = await Promise.all([use(one, red), use(one, red), use(one, red)])
  files.push(await use(other, red))
  expect(brought).toEqual([red])
  expect(new Set(files).size).toBe(4)
  for (const file of files) expect(await readFile(file, 'utf8')).toBe(red.padEnd(1000))
})

it('drops what was not used for longest once it holds more than its bound', async () => {
  const [one, other] = [await open(2500), await open(2500)]
  await use(one, red)
  await use(one, green)
  await age(red, 20)
  await age(green, 30)
  // By another process: that counts as well.
  await use(other, green)
  await use(one, blue)
  expect(await kept()).toEqual([green, blue].sort())
})

it('leaves a file to its user when it drops the blob, even one that is larger than the bound', async () => {
  const cache = await open(500)
  const file = await use(cache, red)
  expect(await kept()).toEqual([])
  expect((await stat(file)).size).toBe(1000)
})

it('drops what nobody used for a day', async () => {
  const cache = await open(1e6)
  await use(cache, red)
  await age(red, 25 * 3600)
  await use(await open(1e6), green)
  expect(await kept()).toEqual([green])
})

it('keeps nothing of what could not be brought, and brings it the next time', async () => {
  const cache = await open(1e6)
  const broken = async (file: string) => {
    await writeFile(file, 'half')
    throw new Error('connection lost')
  }
  await expect(cache.localFile(red, root, broken)).rejects.toThrow('connection lost')
  expect(await readdir(path.join(root, 'cache'))).toEqual(['tmp'])
  expect(await readdir(path.join(root, 'cache', 'tmp'))).toEqual([])
  await use(cache, red)
  expect(brought).toEqual([red])
})

it('removes what a process that was killed had begun to bring, and nothing of one that lives', async () => {
  const cache = await open(1e6)
  const living = path.basename(cache.unfinished())
  for (const name of ['999999999-half', living]) await writeFile(path.join(root, 'cache', 'tmp', name), 'half')
  expect(await cache.removeUnfinished()).toBe(1)
  expect(await readdir(path.join(root, 'cache', 'tmp'))).toEqual([living])
})
