/** On SQLite a migration is there with what Prisma notes of it, or nothing of it is. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { migrate } from '../../prisma/migrate.ts'
import { sqliteAdapter } from '../../prisma/sqlite-adapter.ts'
import { migrationsOf, NOTED, notedOf } from '../support/migrations.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-migrations-'))
  file = path.join(folder, 'rows.db')
})
afterEach(() => rm(folder, { recursive: true }))

function ask(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file)
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

/** As Prisma's rows are, whose truths are numbers here. */
const noted = (): Record<string, unknown>[] =>
  ask(NOTED).map((row) => ({ ...row, finished: Boolean(row.finished), undone: Boolean(row.undone) }))
const tables = () => ask(`SELECT "name" FROM sqlite_master WHERE "type" = 'table' ORDER BY 1`).map(({ name }) => name)
const bring = async (scripts: Record<string, string>) =>
  migrate(sqliteAdapter(file), await migrationsOf('sqlite', scripts))

const FIRST = { '1_rounds': `CREATE TABLE "Rounds" ("count" INTEGER); INSERT INTO "Rounds" VALUES (1e15);` }
/** More than SQLite keeps in memory, then as many rounds as there are to be: enough to be killed in. */
const LONG = {
  ...FIRST,
  '2_long': `
    CREATE TABLE "Bytes" ("some" BLOB);
    INSERT INTO "Bytes" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT randomblob(100000) FROM n;
    CREATE TABLE "Last" ("round" INTEGER);
    INSERT INTO "Last" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT "count" FROM "Rounds"))
      SELECT max(i) FROM n;`,
}

it('is made by the next start where the first one was killed in the middle', async () => {
  await bring(FIRST)
  const doomed = fork(path.join(import.meta.dirname, 'migrate-given.ts'), [file, JSON.stringify(LONG)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const ended = once(doomed, 'exit')
  const written = () =>
    stat(`${file}-wal`).then(
      ({ size }) => size,
      () => 0,
    )
  await expect.poll(written, { timeout: 60_000, interval: 20 }).toBeGreaterThan(8_000_000)
  doomed.kill('SIGKILL')
  await ended
  expect(tables()).toEqual(['Rounds', '_prisma_migrations'])
  expect(noted()).toEqual(notedOf(await migrationsOf('sqlite', FIRST)))

  ask('UPDATE "Rounds" SET "count" = 10 RETURNING 1')
  expect(await bring(LONG)).toEqual(['2_long'])
  expect(ask('SELECT "round" FROM "Last"')).toEqual([{ round: 10 }])
  expect(noted()).toEqual(notedOf(await migrationsOf('sqlite', LONG)))
})

it('leaves nothing where a statement is refused, says which one, and goes on when that is mended', async () => {
  await bring(FIRST)
  const script = 'CREATE TABLE "Good" ("a" TEXT);\nINSERT INTO "Missing" VALUES (1);'
  const before = noted()
  await expect(bring({ ...FIRST, '2_bad': script })).rejects.toThrow(
    /migration 2_bad can't be applied \(no such table: Missing\)\. Nothing of it was kept/,
  )
  expect(tables()).toEqual(['Rounds', '_prisma_migrations'])
  expect(noted()).toEqual(before)
  ask('CREATE TABLE "Missing" ("a" TEXT)')
  expect(await bring({ ...FIRST, '2_bad': script })).toEqual(['2_bad'])
})

it('keeps the rows that name those of a table which is made anew', async () => {
  const made = `CREATE TABLE "Parent" ("id" INTEGER PRIMARY KEY);
    CREATE TABLE "Child" ("parent" INTEGER REFERENCES "Parent" ("id") ON DELETE CASCADE);
    INSERT INTO "Parent" VALUES (1); INSERT INTO "Child" VALUES (1);`
  // In Prisma's words.
  const anew = `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Parent" ("id" INTEGER PRIMARY KEY, "name" TEXT);
INSERT INTO "new_Parent" ("id") SELECT "id" FROM "Parent";
DROP TABLE "Parent";
ALTER TABLE "new_Parent" RENAME TO "Parent";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;`
  await bring({ '1_made': made, '2_anew': anew, '3_after': 'DELETE FROM "Child" WHERE "parent" = 2;' })
  expect(ask('SELECT "parent", "name" FROM "Child" JOIN "Parent" ON "id" = "parent"')).toEqual([
    { parent: 1, name: null },
  ])
})

/** As an earlier version, or Prisma's CLI, leaves it when it is killed. */
const leaveBegun = (name: string) =>
  ask(
    `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name") VALUES ('${name}', '', '${name}') RETURNING 1`,
  )

it('does again what an earlier version has begun and not come to', async () => {
  await bring(FIRST)
  leaveBegun('1_then')
  expect(await bring({ ...FIRST, '1_then': 'CREATE TABLE "Then" ("a" TEXT);' })).toEqual(['1_then'])
  const rows = noted().filter(({ name }) => name === '1_then')
  expect(rows).toMatchObject([
    { undone: true, finished: false },
    { undone: false, finished: true, steps: 1 },
  ])
})

it('never does again what may have changed rows, until an operator says that it is done', async () => {
  const scripts = { ...FIRST, '3_more': 'UPDATE "Rounds" SET "count" = "count" + 1;' }
  await bring(FIRST)
  ask('UPDATE "Rounds" SET "count" = 2 RETURNING 1')
  leaveBegun('3_more')
  const before = noted()
  await expect(bring(scripts)).rejects.toThrow(/migration 3_more was left half done .*Nothing was changed now/)
  expect(noted()).toEqual(before)
  // As docs/operations.md says.
  ask(`UPDATE "_prisma_migrations" SET "finished_at" = CURRENT_TIMESTAMP, "applied_steps_count" = 1
    WHERE "migration_name" = '3_more' AND "finished_at" IS NULL AND "rolled_back_at" IS NULL RETURNING 1`)
  expect(await bring({ ...scripts, '4_last': 'CREATE TABLE "Last" ("a" TEXT);' })).toEqual(['4_last'])
  expect(ask('SELECT "count" FROM "Rounds"')).toEqual([{ count: 2 }])
})
