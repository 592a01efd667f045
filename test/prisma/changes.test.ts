import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Changes, watchChanges } from '../../prisma/changes.ts'
import { type Database, openDatabase } from '../../prisma/client.ts'

let folder: string
let file: string
let db: Database
let changes: Changes
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-changes-'))
  file = path.join(folder, 'test.db')
  db = await openDatabase(file)
  changes = watchChanges(file)
  await db.setting.create({ data: { key: 'counter', value: '0' } })
})
afterAll(async () => {
  changes.close()
  await db.$disconnect()
  await rm(folder, { recursive: true })
})

describe('the stamp of the rows', () => {
  it('stays while they are only read', async () => {
    const before = changes.stamp()
    await db.setting.findMany()
    expect(changes.stamp()).toBe(before)
  })

  it('is another once this process has committed, not before', async () => {
    const before = changes.stamp()
    await db.$transaction(async (tx) => {
      await tx.setting.update({ where: { key: 'counter' }, data: { value: '1' } })
      expect(changes.stamp()).toBe(before)
    })
    expect(changes.stamp()).not.toBe(before)
  })

  it('is another once another process has committed', async () => {
    const before = changes.stamp()
    const other = fork(path.join(import.meta.dirname, 'increment-counter.ts'), [file, '1'], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    expect(await once(other, 'exit')).toEqual([0, null])
    expect(changes.stamp()).not.toBe(before)
  })

  it('is never the same while a program keeps the whole file to itself', async () => {
    const alone = path.join(folder, 'alone.db')
    const owner = new Sqlite(alone)
    owner.exec('CREATE TABLE t (a)')
    const watched = watchChanges(alone)
    owner.exec('BEGIN EXCLUSIVE')
    expect(watched.stamp()).not.toBe(watched.stamp())
    owner.close()
    watched.close()
  })
})
