import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../config.ts'
import { type Database, openDatabase } from '../../prisma/client.ts'
import { createAsset } from '../../prisma/queries/assets.ts'
import { installationId } from '../../prisma/queries/installation.ts'
import { listRestores } from '../../prisma/queries/restores.ts'
import { restoreBackup } from '../../scripts/backup/restore-backup.ts'
import { takeBackup } from '../../scripts/backup/take-backup.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { createFileStore } from '../../storage/file-store.ts'
import { chunks } from '../storage/read-blob.ts'

let root: string
let db: Database
let blobs: BlobStore
let said: string[]
const config = (name: string) => readConfig({ DATA_DIR: path.join(root, name) })
const say = (line: string) => void said.push(line)
const backup = (to = 'backup') => takeBackup(config('first'), path.join(root, to), say)
const restore = (withTemporal = true) =>
  restoreBackup(config('second'), path.join(root, 'backup'), { withTemporal, say })

/** An asset with bytes of its own. @returns its id and their hash */
async function newAsset() {
  const { hash, size } = await blobs.put(chunks(randomBytes(5_000)))
  const picture = { name: 'a.jpg', type: 'image', format: 'jpg', contentType: 'image/jpeg', tags: [], metadata: {} }
  const { id } = await createAsset(db, { ...picture, blobHash: hash, size })
  return { id, hash }
}

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'greenlight-backup-'))
  said = []
  db = await openDatabase(config('first').database)
  blobs = await createFileStore(path.join(root, 'first', 'blobs'))
  await installationId(db)
})
afterEach(async () => {
  await db.$disconnect()
  await rm(root, { recursive: true })
})

/** @returns what stands there now */
async function restored() {
  const rows = await openDatabase(config('second').database)
  const assets = (await rows.asset.findMany()).map(({ id }) => id)
  const found = { assets, installation: await installationId(rows), restores: await listRestores(rows) }
  await rows.$disconnect()
  return found
}

describe('a backup', () => {
  it('has what the rows name, and nothing else', async () => {
    const asset = await newAsset()
    const { hash: unnamed } = await blobs.put(chunks(randomBytes(10)))
    const before = new Date()
    await backup()
    await newAsset()
    await restore()
    expect((await readdir(path.join(root, 'second'))).sort()).toEqual(['blobs', 'greenlight.db'])
    const { assets, installation, restores } = await restored()
    expect(assets).toEqual([asset.id])
    expect(installation).not.toBe(await installationId(db))
    expect(restores[0]?.asOf.getTime()).toBeGreaterThanOrEqual(before.getTime())
    const store = await createFileStore(path.join(root, 'second', 'blobs'))
    expect(await store.stat(asset.hash)).toMatchObject({ size: 5_000 })
    expect(await store.stat(unnamed)).toBeNull()
  })

  it('is brought up to date: only what is new is copied, and what was deleted is gone from it', async () => {
    const [kept, deleted] = [await newAsset(), await newAsset()]
    await backup()
    await db.asset.delete({ where: { id: deleted.id } })
    await newAsset()
    said = []
    await backup()
    expect(said.join('\n')).toMatch(/Blobs: 1 copied .*, 1 were there, 1 removed/)
    const store = await createFileStore(path.join(root, 'backup', 'blobs'))
    expect(await store.stat(kept.hash)).not.toBeNull()
    expect(await store.stat(deleted.hash)).toBeNull()
    expect((await readdir(path.join(root, 'backup'))).filter((name) => name.startsWith('rows'))).toHaveLength(1)
  })

  it('says which blobs are gone, and has the rest all the same', async () => {
    const [lost, kept] = [await newAsset(), await newAsset()]
    await blobs.delete(lost.hash)
    await expect(backup()).rejects.toThrow('could not be copied: 1')
    expect(said.join('\n')).toContain(lost.hash)
    await expect(restore()).rejects.toThrow('the backup does not have: 1')
    expect((await restored()).assets.sort()).toEqual([lost.id, kept.id].sort())
  })

  it('is refused where something else stands', async () => {
    await writeFile(path.join(root, 'file'), '')
    await expect(takeBackup(config('first'), root, say)).rejects.toThrow('no backup')
    await backup()
    await db.setting.update({ where: { key: 'installation_id' }, data: { value: 'another' } })
    const there = await readdir(path.join(root, 'backup'), { recursive: true })
    await newAsset()
    await expect(backup()).rejects.toThrow('another installation')
    expect(await readdir(path.join(root, 'backup'), { recursive: true })).toEqual(there)
  })
})

describe('a restore', () => {
  it('refuses a folder that is not empty, a folder without a backup, and damaged rows', async () => {
    await expect(restore()).rejects.toThrow('holds no backup')
    await backup()
    await expect(
      restoreBackup(config('first'), path.join(root, 'backup'), { withTemporal: true, say }),
    ).rejects.toThrow('is not empty')
    const name = (await readdir(path.join(root, 'backup'))).find((one) => one.startsWith('rows')) ?? ''
    const file = path.join(root, 'backup', name)
    const bytes = await readFile(file)
    bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000)
    await writeFile(file, bytes)
    await expect(restore()).rejects.toThrow('is damaged')
    expect(await readdir(root)).not.toContain('second')
  })

  it('names a damaged blob, and does not store it under its name', async () => {
    const { hash } = await newAsset()
    await backup()
    await writeFile(path.join(root, 'backup', 'blobs', hash.slice(0, 2), hash.slice(2, 4), hash), randomBytes(5_000))
    await expect(restore()).rejects.toThrow('the backup does not have: 1')
    const store = await createFileStore(path.join(root, 'second', 'blobs'))
    expect(await store.stat(hash)).toBeNull()
  })
})
