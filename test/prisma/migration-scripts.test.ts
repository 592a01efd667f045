/** A migration is applied in a transaction, so it has no statement that would end it or that databases refuse in one. */
import { expect, it } from 'vitest'
import { readMigrations } from '../../prisma/migrate.ts'

const OUTSIDE = new RegExp(
  [
    String.raw`^\s*(BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)\b`,
    String.raw`^\s*(VACUUM|DISCARD|CLUSTER\s*$|ALTER\s+SYSTEM|ATTACH|DETACH|PRAGMA\s+(journal_mode|synchronous))`,
    String.raw`^\s*(CREATE|DROP|ALTER)\s+(DATABASE|TABLESPACE|SUBSCRIPTION)\b`,
    String.raw`^\s*REINDEX\s+(\([^)]*\)\s*)?(DATABASE|SYSTEM|SCHEMA)\b`,
    String.raw`\bCONCURRENTLY\b`,
  ].join('|'),
  'i',
)

/** The statements of `script` that can't be in a transaction, without what is only said or quoted in it. */
function outsideTransactions(script: string): string[] {
  const bare = script
    .replace(/--.*$/gm, '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$|'[^']*'/g, "''")
  return bare.split(';').filter((statement) => OUTSIDE.test(statement))
}

it.each(['sqlite', 'postgres'] as const)('every migration of %s can be undone as a whole', async (provider) => {
  const { migrationDirectories } = await readMigrations(provider)
  for (const { path: name, migrationFile } of migrationDirectories) {
    expect(outsideTransactions(migrationFile.content.value), name).toEqual([])
  }
})

it.each([
  'CREATE INDEX CONCURRENTLY "a" ON "b" ("c")',
  'DROP INDEX CONCURRENTLY "a"',
  'VACUUM "Job"',
  'COMMIT',
  'begin',
  'ALTER SYSTEM SET jit TO off',
  'REINDEX (VERBOSE) DATABASE greenlight',
  'PRAGMA journal_mode = DELETE',
])('%s would be told', (statement) => {
  expect(outsideTransactions(`-- First\nANALYZE "Job";\n\n-- Then\n${statement};\n`)).toHaveLength(1)
})

it('what is only said is not', () => {
  const script = `-- CONCURRENTLY; COMMIT;\n/* VACUUM; */ UPDATE "a" SET "b" = 'x; COMMIT;';
    DO $$ BEGIN PERFORM 1; END $$; PRAGMA foreign_keys=OFF; CREATE TABLE "End" ("begin" TEXT)`
  expect(outsideTransactions(script)).toEqual([])
})
