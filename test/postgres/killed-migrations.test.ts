/** On PostgreSQL a migration is there with what Prisma notes of it, or nothing of it is, wherever a start is killed. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import pg from 'pg'
import { afterEach, expect, it, vi } from 'vitest'
import { openDatabase, type PostgresLocation } from '../../prisma/client.ts'
import { readMigrations } from '../../prisma/migrate.ts'
import { postgresAdapter } from '../../prisma/postgres-adapter.ts'
import { withSchemaEngine } from '../../prisma/schema-engine.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { NOTED, notedOf } from '../support/migrations.ts'

const HELD = 42
const PRISMA_LOCK = 72707369
const PATIENT = { timeout: 60_000, interval: 20 }

let database: TestDatabase
let owner: pg.Client
afterEach(async () => {
  await owner.end()
  await database.remove()
})

async function begin({ migrated }: { migrated: boolean }): Promise<void> {
  database = await createTestDatabase({ migrated })
  owner = new pg.Client(location().url)
  await owner.connect()
}

const location = () => database.location as PostgresLocation
const ask = async (sql: string, values: unknown[] = []) => (await owner.query(sql, values)).rows
const open = async (url = location().url) => (await openDatabase({ url, poolSize: 2 })).$disconnect()
const indexes = async () =>
  (await ask(`SELECT indexname FROM pg_indexes WHERE schemaname = 'public'`)).map((row) => row.indexname)
const newest = async (part: string) =>
  (await readMigrations('postgres')).migrationDirectories.findIndex(({ path: name }) => name.endsWith(part))

/** Whoever makes that index waits, with it made, until `let go`. */
async function holdAt(index: string): Promise<void> {
  await ask(`SELECT pg_advisory_lock(${HELD})`)
  await ask(`CREATE FUNCTION hold() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public."${index}"') THEN
      PERFORM pg_advisory_xact_lock(${HELD});
    END IF; END $$`)
  await ask(`CREATE EVENT TRIGGER hold ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION hold()`)
}
const letGo = () => ask(`SELECT pg_advisory_unlock(${HELD})`)

/** @returns the id of the server's process that waits for a lock of ours */
async function waiting(lock: number): Promise<number> {
  const here = 'database = (SELECT oid FROM pg_database WHERE datname = current_database())'
  const sql = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted AND ${here}`
  return vi.waitFor(async () => {
    const [found] = await ask(sql, [lock])
    expect(found).toBeDefined()
    return found.pid
  }, PATIENT)
}

/** All that the models need is there, and Prisma finds nothing to say of it: that is what `prisma migrate status` asks. */
async function expectWhole(): Promise<void> {
  const migrationsList = await readMigrations('postgres')
  expect((await ask(NOTED)).filter(({ undone }) => !undone)).toEqual(notedOf(migrationsList))
  const filters = { externalTables: [], externalEnums: [] }
  await withSchemaEngine(postgresAdapter(location()), async (engine) => {
    expect(await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters })).toEqual({
      hasMigrationsTable: true,
      history: null,
      failedMigrationNames: [],
      editedMigrationNames: [],
    })
    expect(await engine.applyMigrations({ migrationsList, filters })).toEqual({ appliedMigrationNames: [] })
  })
  const other = await createTestDatabase()
  const client = new pg.Client((other.location as PostgresLocation).url)
  await client.connect()
  const CATALOGUE = `SELECT indexdef AS what FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable, column_default)
      FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1`
  const { rows } = await client.query(CATALOGUE)
  await client.end()
  await other.remove()
  expect(await ask(CATALOGUE)).toEqual(rows)
}

it('a first start that is killed leaves nothing, and the next one waits until the server has noticed', async () => {
  await begin({ migrated: false })
  await holdAt('Job_status_insertedAt_idx')
  const doomed = fork(path.join(import.meta.dirname, '..', 'prisma', 'open-at.ts'), [JSON.stringify(location())], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const ended = once(doomed, 'exit')
  await waiting(HELD)
  doomed.kill('SIGKILL')
  await ended
  // The server works on: it learns of the death when it answers.
  const opened = Promise.all([open(), open()])
  const waits = await waiting(PRISMA_LOCK)
  // Before a transaction, where it waits for as long as it takes: the engine, which asks again in one, would give up after 10 s.
  const inNone = 'SELECT "xact_start" = "query_start" AS "none" FROM pg_stat_activity WHERE pid = $1'
  expect(await ask(inNone, [waits])).toEqual([{ none: true }])
  expect(await indexes()).toEqual([])
  await letGo()
  await opened
  await expectWhole()
})

it('a start that loses its connection keeps the migrations that were done, and nothing of the one that was not', async () => {
  await begin({ migrated: false })
  await holdAt('Job_deletedAt_stage_id_idx')
  const opened = open().catch((error: Error) => error)
  await ask('SELECT pg_terminate_backend($1)', [await waiting(HELD)])
  expect(await opened).toMatchObject({
    message: expect.stringMatching(
      /migration 20261126082237_job_list_indexes can't be applied.*Nothing of it was kept/,
    ),
  })
  const { migrationDirectories, ...list } = await readMigrations('postgres')
  const done = migrationDirectories.slice(0, await newest('_job_list_indexes'))
  expect(await ask(NOTED)).toEqual(notedOf({ ...list, migrationDirectories: done }))
  expect(await indexes()).toContain('Job_status_insertedAt_idx')
  expect(await indexes()).not.toContain('Job_campaignId_deletedAt_id_idx')
  await letGo()
  await open()
  await expectWhole()
})

/** As it was before the newest of the migrations that only make indexes. */
const INDEXES = ['Job_decisionSentAt_decidedAt_idx', 'Job_cancelSentAt_canceledAt_idx']
async function before(): Promise<void> {
  await begin({ migrated: true })
  await ask(`DROP INDEX ${INDEXES.map((name) => `"${name}"`)}`)
}
const OWED = `"migration_name" LIKE '%_owed_decisions'`

it('a user who may not do it leaves nothing, and one who may goes on', async () => {
  await before()
  await ask(`DELETE FROM "_prisma_migrations" WHERE ${OWED}`)
  const noted = await ask(NOTED)
  const role = `limited_${Date.now()}`
  await ask(`CREATE ROLE "${role}" LOGIN`)
  await ask(`GRANT ALL ON ALL TABLES IN SCHEMA public TO "${role}"`)
  const limited = Object.assign(new URL(location().url), { username: role }).href
  await expect(open(limited)).rejects.toThrow(/owed_decisions can't be applied \(must be owner of table Job\)/)
  expect(await ask(NOTED)).toEqual(noted)
  await ask(`DROP OWNED BY "${role}"`)
  await ask(`DROP ROLE "${role}"`)
  await open()
  expect(await indexes()).toEqual(expect.arrayContaining(INDEXES))
})

it('what an earlier version has begun and not come to is done', async () => {
  await before()
  await ask(`UPDATE "_prisma_migrations" SET "finished_at" = NULL, "applied_steps_count" = 0 WHERE ${OWED}`)
  await open()
  await expectWhole()
  expect(await ask(`SELECT count(*)::int AS "rows" FROM "_prisma_migrations" WHERE ${OWED}`)).toEqual([{ rows: 2 }])
})

it('what an earlier version has left half done is for an operator, as docs/operations.md says', async () => {
  await before()
  await ask('CREATE INDEX "Job_decisionSentAt_decidedAt_idx" ON "Job"("decisionSentAt", "decidedAt")')
  await ask(`UPDATE "_prisma_migrations" SET "finished_at" = NULL, "applied_steps_count" = 0 WHERE ${OWED}`)
  const noted = await ask(NOTED)
  for (const _ of ['once', 'and again']) {
    await expect(open()).rejects.toThrow(
      /migration \d+_owed_decisions was left half done .*_idx" already exists\)\. Nothing was changed now\. docs\/operations\.md/,
    )
    expect(await ask(NOTED)).toEqual(noted)
  }
  await ask('CREATE INDEX "Job_cancelSentAt_canceledAt_idx" ON "Job"("cancelSentAt", "canceledAt")')
  await ask(`UPDATE "_prisma_migrations" SET "finished_at" = CURRENT_TIMESTAMP, "applied_steps_count" = 1
    WHERE ${OWED} AND "finished_at" IS NULL AND "rolled_back_at" IS NULL`)
  await open()
  await expectWhole()
})

it('is done again where a process that works meanwhile has locked tables in another order', async () => {
  await begin({ migrated: true })
  await ask('DROP EXTENSION pg_trgm CASCADE')
  await ask(`DELETE FROM "_prisma_migrations" WHERE "migration_name" LIKE '%_names_by_trigrams'`)
  // The migration looks for a deadlock, and finds that it is in one; the other does not look.
  await ask(`ALTER DATABASE "${new URL(location().url).pathname.slice(1)}" SET deadlock_timeout TO '3s'`)
  await ask(`SET deadlock_timeout TO '60s'`)
  await ask('BEGIN')
  await ask('LOCK TABLE "Job" IN ROW EXCLUSIVE MODE')
  const opened = open()
  const watcher = new pg.Client(location().url)
  await watcher.connect()
  await vi.waitFor(async () => {
    const { rowCount } = await watcher.query(
      `SELECT 1 FROM pg_locks WHERE relation = '"Job"'::regclass AND NOT granted`,
    )
    expect(rowCount).toBe(1)
  }, PATIENT)
  await watcher.end()
  await ask('SELECT count(*) FROM "Campaign"')
  await ask('COMMIT')
  await opened
  await expectWhole()
})
