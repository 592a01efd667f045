import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../prisma/client.ts'

let folder: string
let db: Database
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-db-'))
  db = await openDatabase(path.join(folder, 'test.db'))
})
afterAll(async () => {
  await db.$disconnect()
  await rm(folder, { recursive: true })
})

const increment = (database: Database, key: string) =>
  database.$transaction(async (tx) => {
    const row = await tx.setting.findUniqueOrThrow({ where: { key } })
    await tx.setting.update({ where: { key }, data: { value: String(Number(row.value) + 1) } })
  })

describe('the SQLite database', () => {
  it('applies the migrations once and opens again', async () => {
    const again = await openDatabase(path.join(folder, 'test.db'))
    expect(await again.job.count()).toBe(0)
    await again.$disconnect()
  })

  it('is in WAL mode and forgets no commit at a power cut', async () => {
    expect(await db.$queryRawUnsafe('PRAGMA journal_mode')).toMatchObject([{ journal_mode: 'wal' }])
    expect(await db.$queryRawUnsafe('PRAGMA synchronous')).toMatchObject([{ synchronous: 2n }])
  })

  it('asks the same again with other values, also when the table was altered in between', async () => {
    await db.setting.createMany({ data: ['a', 'b'].map((key) => ({ key, value: `value of ${key}` })) })
    const read = (key: string) => db.setting.findUniqueOrThrow({ where: { key } })
    const raw = (key: string) => db.$queryRawUnsafe('SELECT * FROM Setting WHERE key = ?', key)
    expect([await read('a'), await read('b')].map(({ value }) => value)).toEqual(['value of a', 'value of b'])
    expect(await raw('a')).toEqual([{ key: 'a', value: 'value of a' }])
    await db.$executeRawUnsafe('ALTER TABLE Setting ADD COLUMN note TEXT')
    expect(await raw('b')).toEqual([{ key: 'b', value: 'value of b', note: null }])
    expect(await read('b')).toEqual({ key: 'b', value: 'value of b' })
    await db.$executeRawUnsafe('ALTER TABLE Setting DROP COLUMN note')
    expect(await read('a')).toMatchObject({ value: 'value of a' })
  })

  it('keeps a plain query out of a transaction that is open and rolls back', async () => {
    let outside: Promise<unknown> = Promise.resolve()
    await expect(
      db.$transaction(async (tx) => {
        await tx.setting.create({ data: { key: 'inside', value: '1' } })
        outside = db.setting.create({ data: { key: 'outside', value: '1' } })
        await tx.setting.count()
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await outside
    expect(await db.setting.findUnique({ where: { key: 'outside' } })).not.toBeNull()
    expect(await db.setting.findUnique({ where: { key: 'inside' } })).toBeNull()
  })

  it('loses no update of reads that turn into writes, among 40 at once and another process', async () => {
    await db.setting.create({ data: { key: 'counter', value: '0' } })
    const other = fork(path.join(import.meta.dirname, 'increment-counter.ts'), [path.join(folder, 'test.db'), '40'], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    const exited = new Promise((resolve) => other.on('exit', resolve))
    await Promise.all(Array.from({ length: 40 }, () => increment(db, 'counter')))
    expect(await exited).toBe(0)
    expect(await db.setting.findUnique({ where: { key: 'counter' } })).toMatchObject({ value: '80' })
  })
})
