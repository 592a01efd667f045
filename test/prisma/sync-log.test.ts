/** What a power cut leaves: what was on disk when the last sync began that has ended. */
import { copyFileSync } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Database, openDatabase, Prisma } from '../../prisma/client.ts'
import { inTransaction, statements } from '../../prisma/statements.ts'

let folder: string
let file: string
let db: Database
/** Of every file; only the log's is called. */
let handles: FileHandle
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-sync-'))
  file = path.join(folder, 'rows.db')
  db = await openDatabase(file)
  const any = await open(file)
  handles = Object.getPrototypeOf(any)
  await any.close()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await db.$disconnect()
  await rm(folder, { recursive: true })
})

/** Every way in which rows are written. */
const writes: ((key: string) => Promise<unknown>)[] = [
  (key) => db.setting.create({ data: { key, value: 'by a model' } }),
  (key) => db.$transaction((tx) => tx.setting.create({ data: { key, value: 'in a transaction of models' } })),
  (key) => statements(db).$executeRaw(insert(key)) as Promise<number>,
  (key) => inTransaction(db, 1, (tx) => tx.$executeRaw(insert(key)) as Promise<number>),
]
const insert = (key: string) => Prisma.sql`INSERT INTO "Setting" ("key", "value") VALUES (${key}, 'by a statement')`

/** The keys that are there after a power cut, by how many syncs had ended before it. */
function keysIn(copy: number): string[] {
  const left = new Sqlite(path.join(folder, `${copy}.db`))
  const keys = left.prepare('SELECT key FROM Setting').pluck().all() as string[]
  left.close()
  return keys
}

it('forgets nothing at a power cut that was said to be committed, while others commit at the same moment', async () => {
  const { datasync } = handles
  let copies = 0
  let onDisk = 0
  const sync = vi.spyOn(handles, 'datasync').mockImplementation(async function (this: FileHandle) {
    const copy = ++copies
    for (const part of ['', '-wal']) copyFileSync(file + part, path.join(folder, `${copy}.db${part}`))
    await sleep(Math.random() * 4)
    await datasync.call(this)
    onDisk = copy
  })
  const promised: { key: string; copy: number }[] = []
  const writer = async (name: number) => {
    for (let n = 0; n < 12; n++) {
      const key = `${name}-${n}`
      await writes[(name + n) % writes.length]?.(key)
      promised.push({ key, copy: onDisk })
    }
  }
  await Promise.all([0, 1, 2, 3, 4].map(writer))
  const left = new Map([...new Set(promised.map(({ copy }) => copy))].map((copy) => [copy, keysIn(copy)]))
  const forgotten = promised.filter(({ key, copy }) => !left.get(copy)?.includes(key))
  expect(promised).toHaveLength(60)
  expect(forgotten).toEqual([])
  // Those who commit at the same moment share a sync.
  expect(sync.mock.calls.length).toBeLessThan(50)
})

it('says no commit where the disk refuses it, and goes on when it does no more', async () => {
  const refusing = vi.spyOn(handles, 'datasync').mockRejectedValue(new Error('EIO: i/o error, fdatasync'))
  for (const [n, write] of writes.entries()) await expect(write(`refused ${n}`)).rejects.toThrow('EIO')
  refusing.mockRestore()
  for (const [n, write] of writes.entries()) await write(`taken ${n}`)
  expect(await db.setting.count({ where: { key: { startsWith: 'taken' } } })).toBe(writes.length)
})

it('waits for no disk to read', async () => {
  const sync = vi.spyOn(handles, 'datasync')
  await db.setting.findMany()
  await statements(db).$queryRaw(Prisma.sql`SELECT "key" FROM "Setting"`)
  expect(sync).not.toHaveBeenCalled()
})
