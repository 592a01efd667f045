import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, it } from 'vitest'
import { migrate } from '../../prisma/migrate.ts'
import { sqliteAdapter } from '../../prisma/sqlite-adapter.ts'

const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-migrate-'))
afterAll(() => rm(folder, { recursive: true }))

it('migrates a database and leaves it free for others at once', async () => {
  const file = path.join(folder, 'greenlight.db')
  expect(await migrate(sqliteAdapter(file))).not.toEqual([])
  const other = new DatabaseSync(file)
  other.exec('BEGIN EXCLUSIVE; INSERT INTO Setting VALUES (1, 2); COMMIT')
  other.close()
  expect(await migrate(sqliteAdapter(file))).toEqual([])
})

it('waits its turn when server and worker start on a new database at the same moment', async () => {
  const file = path.join(folder, 'new.db')
  const moment = Date.now() + 3_000
  const processes = [1, 2, 3].map(() =>
    fork(path.join(import.meta.dirname, 'open-at.ts'), [file, `${moment}`], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    }),
  )
  const codes = await Promise.all(processes.map(async (process) => (await once(process, 'exit'))[0]))
  expect(codes).toEqual([0, 0, 0])
})
