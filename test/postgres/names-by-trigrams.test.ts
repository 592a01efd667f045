/** Searches by a part of a name read an index, which a migration brings with the extension that it takes. */
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase, type PostgresLocation } from '../../prisma/client.ts'
import { listJobs } from '../../prisma/queries/list-jobs.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const NEWEST = 'names_by_trigrams'
const JOBS = 2_000
const OTHERS = ['Lakeside Ü 50%_off', 'ÉCOLE a\\b', 'école', 'The old mill', 'THE OLD MILL', 'ΟΔΟΣ 77']

let database: TestDatabase
let owner: pg.Client
let names: string[]
beforeAll(async () => {
  database = await createTestDatabase()
  owner = new pg.Client(url())
  await owner.connect()
  names = Array.from({ length: JOBS }, (_, nth) => OTHERS[nth] ?? `By the harbour ${nth}`)
  await owner.query(`INSERT INTO "Client" ("id", "name", "metadata", "updatedAt") VALUES ('c', 'ACME', '{}', now())`)
  await owner.query(
    `INSERT INTO "Campaign" ("id", "clientId", "name", "metadata", "updatedAt") VALUES ('k', 'c', 'Spring', '{}', now())`,
  )
  await owner.query(
    `INSERT INTO "Job" ("type", "campaignId", "clientId", "videoName", "parameters", "settings", "updatedAt")
      SELECT 'image_pairs', 'k', 'c', "name", '{}', '{}', now() FROM unnest($1::text[]) AS "name"`,
    [names],
  )
  await owner.query('ANALYZE')
})
afterAll(async () => {
  await owner.end()
  await database.remove()
})

const location = () => database.location as PostgresLocation
const url = () => location().url

/** How often the index of jobs' names was read; a connection tells when it ends. */
async function reads(): Promise<number> {
  const { rows } = await owner.query(
    `SELECT "idx_scan" FROM pg_stat_user_indexes WHERE indexrelname = 'Job_videoName_idx'`,
  )
  return Number(rows[0]?.idx_scan)
}

const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

it('finds what has the part in its name, by the index where that has three letters', async () => {
  const before = await reads()
  const db = await openDatabase(location())
  const searches = [
    'nothing is so',
    'MILL',
    '50%_',
    'L%e',
    'a\\b',
    'cole',
    'École',
    'ÉCOLE',
    'ΟΔΟΣ',
    'ου',
    'il',
    '77',
    'harbour 19',
  ]
  for (const q of searches) {
    const { jobs, total } = await listJobs(db, { q }, { limit: JOBS, after: null })
    const named = names.filter((name) => lower(name).includes(lower(q)))
    const numbered = /^\d+$/.test(q) ? [names[Number(q) - 1]] : []
    expect(jobs.map(({ videoName }) => videoName).toSorted(), q).toEqual(
      [...new Set([...named, ...numbered])].toSorted(),
    )
    expect(total).toBe(jobs.length)
  }
  await db.$disconnect()
  await expect.poll(reads, { timeout: 5_000 }).toBeGreaterThan(before)
})

it('is refused to who may not create the extension before anything is changed, and brought to a database in use', async () => {
  await undo()
  const role = `limited_${Date.now()}`
  await owner.query(`CREATE ROLE "${role}" LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO "${role}"`)
  await owner.query(`GRANT CREATE ON SCHEMA public TO "${role}"`)
  const limited = Object.assign(new URL(url()), { username: role }).href
  const before = await state()
  await expect(openDatabase({ url: limited, poolSize: 2 })).rejects.toThrow(
    /extension pg_trgm, and our user can't create it \(permission denied .*Nothing was changed.*CREATE EXTENSION pg_trgm/,
  )
  expect(await state()).toEqual(before)

  await owner.query(
    `DROP OWNED BY "${role}"; DROP ROLE "${role}"; CREATE SCHEMA elsewhere; CREATE EXTENSION pg_trgm SCHEMA elsewhere`,
  )
  await expect(openDatabase(location())).rejects.toThrow('ALTER EXTENSION pg_trgm SET SCHEMA public')
  expect(await state()).toEqual(before)

  await owner.query('ALTER EXTENSION pg_trgm SET SCHEMA public')
  await (await openDatabase(location())).$disconnect()
  expect(await state()).toEqual({ jobs: JOBS, migrations: before.migrations + 1, indexes: 2 })
})

it('is gone on with where the first start was killed half way', async () => {
  const before = await state()
  // Campaigns have their index, jobs do not, and the engine knows of a migration that has not ended.
  await owner.query('DROP INDEX "Job_videoName_idx"')
  await owner.query(`UPDATE "_prisma_migrations" SET "finished_at" = NULL WHERE "migration_name" LIKE '%${NEWEST}'`)
  await (await openDatabase(location())).$disconnect()
  expect(await state()).toEqual({ ...before, migrations: before.migrations + 1 })
})

it('is not made again where it is: a server that can only be read for the moment is opened', async () => {
  const readOnly = (value: string) =>
    owner.query(`ALTER DATABASE "${new URL(url()).pathname.slice(1)}" SET default_transaction_read_only TO ${value}`)
  await readOnly('on')
  const opened = openDatabase(location()).then((db) => db.$disconnect())
  await opened.finally(() => readOnly('off'))
})

/** As an installation is that has not seen it. */
async function undo(): Promise<void> {
  await owner.query('DROP EXTENSION pg_trgm CASCADE')
  await owner.query('ALTER TABLE "Job" ALTER COLUMN "videoName" TYPE TEXT COLLATE "default"')
  await owner.query('ALTER TABLE "Campaign" ALTER COLUMN "name" TYPE TEXT COLLATE "default"')
  await owner.query(`DELETE FROM "_prisma_migrations" WHERE "migration_name" LIKE '%${NEWEST}'`)
}

async function state(): Promise<{ jobs: number; migrations: number; indexes: number }> {
  const { rows } = await owner.query(
    `SELECT (SELECT count(*)::int FROM "Job") AS "jobs", (SELECT count(*)::int FROM "_prisma_migrations") AS "migrations",
      (SELECT count(*)::int FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops) WITH (fastupdate=off)') AS "indexes"`,
  )
  return rows[0]
}
