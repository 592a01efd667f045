/**
 * Applies the migrations at start. Prisma's CLI would download an engine for it; the same engine comes as WebAssembly
 * from a package and keeps the same `_prisma_migrations` table, so the CLI may be used on the database as well.
 */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { withSchemaEngine } from './schema-engine.ts'
import { DATASOURCE, migrationsFolder, type Provider } from './schema-path.ts'

/**
 * @returns the names of the migrations that were applied now; none when the database was up to date
 * @throws when a migration fails. One that this code does not know, of a newer release, is left alone: docs/deploys.md says what that may do
 */
export async function migrate(factory: SqlMigrationAwareDriverAdapterFactory): Promise<string[]> {
  const migrationsList = await readMigrations(factory.provider as Provider)
  if (isUpToDate(migrationsList, await appliedMigrations(factory))) return []
  const filters = { externalTables: [], externalEnums: [] }
  const { appliedMigrationNames } = await withSchemaEngine(factory, (engine) =>
    engine.applyMigrations({ migrationsList, filters }),
  ).catch((error: Error) => {
    // The engine's message goes on with where in its own code it was.
    const [reason] = error.message.split('\n')
    throw new Error(
      `The database can't be brought to this version (${reason}): it may have been made by another one. ` +
        'Restore it from before, or name a new one (DATABASE_PATH, DATABASE_URL).',
      { cause: error },
    )
  })
  return appliedMigrationNames
}

/** In most starts: the engine alone would take a third of a second of CPU time to find it out. */
function isUpToDate(
  { migrationDirectories }: { migrationDirectories: { path: string }[] },
  applied: string[],
): boolean {
  const known = migrationDirectories.map(({ path: name }) => name)
  return known.length === applied.length && known.every((name) => applied.includes(name))
}

async function appliedMigrations(factory: SqlMigrationAwareDriverAdapterFactory): Promise<string[]> {
  const connection = await factory.connect()
  const done = 'SELECT "migration_name" FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL'
  try {
    const { rows } = await connection.queryRaw({ sql: `${done} AND "rolled_back_at" IS NULL`, args: [], argTypes: [] })
    return rows.map(([name]) => name as string)
  } catch {
    // The database is new, or not to be reached, which the engine then says.
    return []
  } finally {
    await connection.dispose()
  }
}

/** The committed migrations, as the engine wants them. */
export async function readMigrations(provider: Provider) {
  const folder = migrationsFolder(provider)
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: `provider = "${DATASOURCE[provider]}"\n` },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => {
        const value = await readFile(path.join(folder, name, 'migration.sql'), 'utf8')
        return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
      }),
    ),
  }
}
