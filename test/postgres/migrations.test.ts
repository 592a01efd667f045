import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PostgresLocation } from '../../prisma/client.ts'
import { missingInPostgres } from '../../prisma/missing-sql.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let migrated: TestDatabase
let modelled: TestDatabase
beforeAll(async () => {
  migrated = await createTestDatabase()
  modelled = await createTestDatabase({ migrated: false })
})
afterAll(() => Promise.all([migrated.remove(), modelled.remove()]))

/** Of an index without how it is kept (WITH …), which models can't say. */
const CATALOGUE = `
  SELECT table_name || '.' || column_name AS name, concat_ws(' ', data_type, datetime_precision, is_nullable, column_default) AS what
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT indexname, regexp_replace(indexdef, ' WITH \\(.*\\)$', '') FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  ORDER BY 1, 2`

async function ask({ location }: TestDatabase, sql: string): Promise<{ name: string; what: string }[]> {
  const client = new pg.Client((location as PostgresLocation).url)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

it('the migrations make what the models say, to the last column, index and rule', async () => {
  await ask(modelled, `CREATE EXTENSION pg_trgm; ${await missingInPostgres('nothing')}`)
  const made = (await ask(migrated, CATALOGUE)).filter(({ name }) => !name.startsWith('_prisma_migrations'))
  expect(made).toEqual(await ask(modelled, CATALOGUE))
  expect(made.length).toBeGreaterThan(250)
})
