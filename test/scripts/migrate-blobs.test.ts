import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { migrateBlobs } from '../../scripts/migrate-blobs/migrate-blobs.ts'
import { createFileStore } from '../../storage/file-store.ts'
import { chunks } from '../storage/read-blob.ts'
import { type S3Server, startS3Server } from '../support/s3-server.ts'

const MIB = 1024 * 1024
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
let s3: S3Server
let root: string
let prefix: string
let bucket: string
let said: string[]
beforeAll(async () => {
  s3 = await startS3Server()
})
afterAll(() => s3.stop())
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'greenlight-migrating-'))
  prefix = path.basename(root)
  bucket = s3.url.replace('s3://greenlight', `s3://greenlight/${prefix}`)
  said = []
  return () => rm(root, { recursive: true })
})

const migrate = (from: string, to: string, ...more: string[]) =>
  migrateBlobs(['--from', from, '--to', to, ...more], (line) => said.push(line))

/** A folder with blobs of these sizes. @returns the hashes */
async function fill(folder: string, sizes: number[]): Promise<string[]> {
  const store = await createFileStore(folder)
  const stored = await Promise.all(sizes.map((size) => store.put(chunks(randomBytes(size)))))
  return stored.map(({ hash }) => hash)
}

/** Every file of a folder with its bytes and its time. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const all = await Promise.all(
    files
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name)
        return [path.relative(folder, file), `${sha256(await readFile(file))} ${(await stat(file)).mtimeMs}`]
      }),
  )
  return Object.fromEntries(all)
}

const objects = async () =>
  (await s3.client.send(new ListObjectsV2Command({ Bucket: s3.location.bucket, Prefix: `${prefix}/` }))).Contents ?? []

it('moves a store into S3 and back, leaves the first as it was, and goes on where it ended', async () => {
  const [first, back] = [path.join(root, 'first'), path.join(root, 'back')]
  const hashes = await fill(first, [0, 1, 1000, 50_000, 9 * MIB])
  // What another process is writing just now.
  await writeFile(path.join(first, 'tmp', '999999999-half'), 'half')
  const before = await snapshot(first)
  await migrate(first, bucket)
  expect(said.at(-2)).toBe('5 copied (9.5 MB), 0 were there')
  expect(await snapshot(first)).toEqual(before)
  expect((await objects()).map(({ Key }) => Key?.slice(-64)).sort()).toEqual(hashes.toSorted())

  // As when it was killed before the last.
  const [lost] = await objects()
  await s3.client.send(new DeleteObjectCommand({ Bucket: s3.location.bucket, Key: lost?.Key }))
  await migrate(first, bucket)
  expect(said.at(-2)).toMatch(/^1 copied .*, 4 were there$/)

  await migrate(bucket, back)
  expect(Object.keys(await snapshot(back)).map((file) => path.basename(file))).toEqual(expect.arrayContaining(hashes))
  for (const [file, bytes] of Object.entries(await snapshot(back))) expect(bytes).toContain(path.basename(file))
  expect(await objects()).toHaveLength(5)
})

it('names what is damaged where it comes from, and copies the rest', async () => {
  const folder = path.join(root, 'first')
  const [good = '', bad = ''] = await fill(folder, [100, 100])
  await writeFile(path.join(folder, bad.slice(0, 2), bad.slice(2, 4), bad), randomBytes(100))
  await expect(migrate(folder, bucket)).rejects.toThrow('Blobs that are not at the new place: 1.')
  expect(said).toContain(`  The blob ${bad} is damaged: its bytes have another SHA-256.`)
  expect((await objects()).map(({ Key }) => Key?.slice(-64))).toEqual([good])
})

it('sends again what is damaged at the new place, when it is to look', async () => {
  const folder = path.join(root, 'first')
  const [hash = ''] = await fill(folder, [100])
  await migrate(folder, bucket)
  const [object] = await objects()
  await s3.client.send(new PutObjectCommand({ Bucket: s3.location.bucket, Key: object?.Key, Body: randomBytes(100) }))
  await migrate(folder, bucket)
  expect(said.at(-2)).toBe('0 copied (0.0 MB), 1 were there')
  await migrate(folder, bucket, '--verify')
  expect(said.at(-2)).toBe('1 copied (0.0 MB), 0 were there')
  await migrate(bucket, path.join(root, 'back'), '--verify')
  expect(Object.keys(await snapshot(path.join(root, 'back'))).map((file) => path.basename(file))).toEqual([hash])
})

it.each([
  [['--from', '.data'], 'Say both stores'],
  [['--from', '/nowhere/blobs', '--to', 's3://films'], '--from names /nowhere/blobs, which is no folder.'],
  [['--from', 's3://', '--to', 'x'], '--from names no bucket'],
])('says what is wrong with %j', async (args, reason) => {
  await expect(migrateBlobs(args, () => {})).rejects.toThrow(reason)
})
