import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../../prisma/client.ts'
import { missingInPostgres, missingInSqlite } from '../../prisma/missing-sql.ts'
import { sqliteAdapter } from '../../prisma/sqlite-adapter.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false })
})
afterAll(() => database.remove())

it('waits its turn when server and worker start on a new database at the same moment', async () => {
  const moment = Date.now() + 3_000
  const processes = [1, 2, 3].map(() =>
    fork(path.join(import.meta.dirname, 'open-at.ts'), [JSON.stringify(database.location), `${moment}`], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    }),
  )
  const codes = await Promise.all(processes.map(async (process) => (await once(process, 'exit'))[0]))
  expect(codes).toEqual([0, 0, 0])
  const db = await openDatabase(database.location)
  expect(await db.job.count()).toBe(0)
  await db.$disconnect()
})

it('brings all that the models say, and no more', async () => {
  const { location } = database
  const adapter = typeof location === 'string' ? sqliteAdapter(location) : null
  expect(adapter ? await missingInSqlite(adapter) : await missingInPostgres()).toBeNull()
})
