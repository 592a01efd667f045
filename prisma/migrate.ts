/**
 * Applies the migrations at start. Prisma's CLI would download an engine for it; the same engine comes as WebAssembly
 * from a package and keeps the same `_prisma_migrations` table, so the CLI may be used on the database as well.
 */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { withSchemaEngine } from './schema-engine.ts'
import { migrationsFolder } from './schema-path.ts'

/**
 * @returns the names of the migrations that were applied now; none when the database was up to date
 * @throws when a migration fails, or when the database holds one that this code does not know
 */
export async function migrate(factory: SqlMigrationAwareDriverAdapterFactory): Promise<string[]> {
  const migrationsList = await readMigrations(migrationsFolder)
  const filters = { externalTables: [], externalEnums: [] }
  const { appliedMigrationNames } = await withSchemaEngine(factory, (engine) =>
    engine.applyMigrations({ migrationsList, filters }),
  ).catch((error: Error) => {
    // The engine's message goes on with where in its own code it was.
    const [reason] = error.message.split('\n')
    throw new Error(
      `The database can't be brought to this version (${reason}): it may have been made by another one. ` +
        'Restore it from before, or set DATABASE_PATH to a new file.',
      { cause: error },
    )
  })
  return appliedMigrationNames
}

/** The committed migrations, as the engine wants them. */
export async function readMigrations(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "sqlite"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => {
        const value = await readFile(path.join(folder, name, 'migration.sql'), 'utf8')
        return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
      }),
    ),
  }
}
