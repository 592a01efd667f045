import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../prisma/client.ts'
import { migrate } from '../../prisma/migrate.ts'
import { sqliteAdapter } from '../../prisma/sqlite-adapter.ts'
import { watchFile } from '../../prisma/sqlite-changes.ts'

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

describe('the SQLite database', () => {
  it('is in WAL mode', async () => {
    expect(await db.$queryRawUnsafe('PRAGMA journal_mode')).toMatchObject([{ journal_mode: 'wal' }])
  })

  it('is free for others as soon as it is migrated', async () => {
    const file = path.join(folder, 'migrated.db')
    expect(await migrate(sqliteAdapter(file))).not.toEqual([])
    const other = new DatabaseSync(file)
    other.exec('BEGIN EXCLUSIVE; INSERT INTO Setting VALUES (1, 2); COMMIT')
    other.close()
    expect(await migrate(sqliteAdapter(file))).toEqual([])
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

  it('has never the same stamp while a program keeps the whole file to itself', async () => {
    const alone = path.join(folder, 'alone.db')
    const owner = new Sqlite(alone)
    owner.exec('CREATE TABLE t (a)')
    const watched = watchFile(alone)
    owner.exec('BEGIN EXCLUSIVE')
    expect(watched.stamp()).not.toBe(watched.stamp())
    owner.close()
    watched.close()
  })
})
