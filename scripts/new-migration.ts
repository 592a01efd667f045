/** `npm run migration -- <name>`: writes the SQL that brings the newest migration to prisma/schema.prisma. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { migrate } from '../prisma/migrate.ts'
import { withSchemaEngine } from '../prisma/schema-engine.ts'
import { migrationsFolder, schemaPath } from '../prisma/schema-path.ts'
import { sqliteAdapter } from '../prisma/sqlite-adapter.ts'

const name = process.argv[2]
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Name the migration in lower case: npm run migration -- add_something')
  process.exit(1)
}

// What the migrations make is asked of a database that they made.
const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-migration-'))
try {
  const adapter = sqliteAdapter(path.join(folder, 'migrated.db'))
  await migrate(adapter)
  const schema = { path: schemaPath, content: await readFile(schemaPath, 'utf8') }
  const { stdout } = await withSchemaEngine(adapter, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', files: [schema], configDir: path.dirname(schemaPath) },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
      shadowDatabaseUrl: null,
    } as Parameters<typeof engine.diff>[0]),
  )
  const sql = (stdout ?? '').replace('DROP TABLE "_prisma_migrations";', '').trim()
  if (!sql.replace(/^--.*$/gm, '').trim()) {
    console.log('The schema is what the migrations make of it: nothing to write.')
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
    const target = path.join(migrationsFolder, `${stamp}_${name}`)
    await mkdir(target, { recursive: true })
    await writeFile(path.join(target, 'migration.sql'), `${sql}\n`)
    console.log(`Wrote ${path.relative(process.cwd(), target)}/migration.sql: read it before you commit it.`)
  }
} finally {
  await rm(folder, { recursive: true })
}
