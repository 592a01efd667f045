import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Changes, watchChanges } from '../../prisma/changes.ts'
import { type Database, openDatabase } from '../../prisma/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
let changes: Changes
beforeAll(async () => {
  database = await createTestDatabase()
  db = await openDatabase(database.location)
  changes = watchChanges(db)
  await db.setting.create({ data: { key: 'counter', value: '0' } })
})
afterAll(async () => {
  changes.close()
  await db.$disconnect()
  await database.remove()
})

describe('the stamp of the rows', () => {
  it('stays while they are only read', async () => {
    // PostgreSQL counts what is committed to its other databases, which other tests have.
    await vi.waitFor(async () => {
      const before = await changes.stamp()
      await db.setting.findMany()
      expect(await changes.stamp()).toBe(before)
    }, 30_000)
  })

  it('is another once this process has committed than before, and than just before', async () => {
    const before = await changes.stamp()
    const justBefore = await db.$transaction(async (tx) => {
      await tx.setting.update({ where: { key: 'counter' }, data: { value: '1' } })
      return changes.stamp()
    })
    const after = await changes.stamp()
    expect(after).not.toBe(before)
    expect(after).not.toBe(justBefore)
  })

  it('is another once another process has committed', async () => {
    const before = await changes.stamp()
    const program = path.join(import.meta.dirname, 'increment-counter.ts')
    const other = fork(program, [JSON.stringify(database.location), '1'], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    expect(await once(other, 'exit')).toEqual([0, null])
    expect(await changes.stamp()).not.toBe(before)
  })

  it('is never from before it was asked for, however many ask at once', async () => {
    let areAsking = true
    const others = Array.from({ length: 5 }, async () => {
      for (; areAsking; await setImmediate()) await changes.stamp()
    })
    for (let round = 0; round < 20; round++) {
      const before = await changes.stamp()
      await db.setting.update({ where: { key: 'counter' }, data: { value: `other ${round}` } })
      // A look is probably under way, that of another asker, which may not see this.
      expect(await changes.stamp()).not.toBe(before)
    }
    areAsking = false
    await Promise.all(others)
  })
})
