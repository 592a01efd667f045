/** `npm run migration -- <name>`: writes the SQL that brings the newest migration to prisma/schema.prisma. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'
import { migrationsFolder, readMigrations, schemaPath } from '../prisma/migrate.ts'
import { sqliteAdapter } from '../prisma/sqlite-adapter.ts'

const name = process.argv[2]
if (!name || !/^[a-z0-9_]+$/.test(name)) throw new Error('Name the migration: npm run migration -- add_something')

const schema = { path: schemaPath, content: await readFile(schemaPath, 'utf8') }
const engine = await SchemaEngine.new(
  { datamodels: [[schema.path, schema.content]] },
  () => {},
  bindMigrationAwareSqlAdapterFactory(sqliteAdapter(':memory:')),
)
const { stdout } = await engine.diff({
  from: { tag: 'migrations', ...(await readMigrations(migrationsFolder)) },
  to: { tag: 'schemaDatamodel', files: [schema] },
  script: true,
  exitCode: null,
  filters: { externalTables: [], externalEnums: [] },
})
if (!stdout || /empty migration/i.test(stdout)) {
  console.log('The schema is what the migrations make of it: nothing to write.')
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = path.join(migrationsFolder, `${stamp}_${name}`)
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'migration.sql'), stdout)
  console.log(`Wrote ${path.relative(process.cwd(), folder)}/migration.sql`)
}
