/** `npm run migration -- <name>`: writes the SQL that brings the newest migrations to prisma/schema.prisma, for each database. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { migrate } from '../prisma/migrate.ts'
import { missingInPostgres, missingInSqlite, snapshotPath } from '../prisma/missing-sql.ts'
import { migrationsFolder, type Provider, readSchema } from '../prisma/schema-path.ts'
import { sqliteAdapter } from '../prisma/sqlite-adapter.ts'

const name = process.argv[2]
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Name the migration in lower case: npm run migration -- add_something')
  process.exit(1)
}
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)

// What the migrations make is asked of a database that they made.
const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-migration-'))
try {
  const adapter = sqliteAdapter(path.join(folder, 'migrated.db'))
  await migrate(adapter)
  await writeMigration('sqlite', await missingInSqlite(adapter))
} finally {
  await rm(folder, { recursive: true })
}
await writeMigration('postgres', await missingInPostgres())
await writeFile(snapshotPath, await readSchema('postgres'))

async function writeMigration(provider: Provider, sql: string | null): Promise<void> {
  if (sql === null) return console.log(`${provider}: the schema is what the migrations make of it, nothing to write.`)
  const target = path.join(migrationsFolder(provider), `${stamp}_${name}`)
  await mkdir(target, { recursive: true })
  await writeFile(path.join(target, 'migration.sql'), `${sql}\n`)
  console.log(`Wrote ${path.relative(process.cwd(), target)}/migration.sql: read it before you commit it.`)
}
