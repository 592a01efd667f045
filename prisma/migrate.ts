/**
 * Applies the migrations at start. Prisma's CLI would download an engine for it; the same engine comes as WebAssembly
 * from a package and keeps the same `_prisma_migrations` table, so the CLI may be used on the database as well.
 */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { isDriverAdapterError } from '@prisma/driver-adapter-utils'
import { migrationTransactions, type ScriptedAdapterFactory } from './migration-transactions.ts'
import { withSchemaEngine } from './schema-engine.ts'
import { DATASOURCE, migrationsFolder, type Provider } from './schema-path.ts'

/**
 * @param migrationsList the committed ones, unless others are given
 * @returns the names of the migrations that were applied now; none when the database was up to date
 * @throws when a migration fails, of which nothing is left then. One that this code does not know, of a newer release, is left alone:
 * docs/deploys.md says what that may do
 */
export async function migrate(factory: ScriptedAdapterFactory, migrationsList?: MigrationsList): Promise<string[]> {
  const list = migrationsList ?? (await readMigrations(factory.provider as Provider))
  const { applied, halfDone } = await notedMigrations(factory)
  // In most starts there are none: the engine alone would take a third of a second of CPU time to find it out.
  if (list.migrationDirectories.every(({ path: name }) => applied.includes(name))) return []
  const { factory: forEngine, inTransaction } = migrationTransactions(factory)
  return withSchemaEngine(forEngine, async (engine) => {
    const names: string[] = []
    for (const [nth, { path: name, migrationFile }] of list.migrationDirectories.entries()) {
      if (applied.includes(name)) continue
      const isHalfDone = halfDone.includes(name)
      const upToIt = { ...list, migrationDirectories: list.migrationDirectories.slice(0, nth + 1) }
      const { appliedMigrationNames } = await inTransaction(migrationFile.content.value, async () => {
        if (isHalfDone && name <= NEWEST_BY_STATEMENTS) await engine.markMigrationRolledBack({ migrationName: name })
        return engine.applyMigrations({ migrationsList: upToIt, filters: FILTERS })
      }).catch((error: Error) => {
        throw refusal(name, isHalfDone, error)
      })
      names.push(...appliedMigrationNames)
    }
    return names
  })
}

type MigrationsList = Awaited<ReturnType<typeof readMigrations>>

/**
 * The newest that a version could leave half done, when each statement was applied by itself. None of them changes rows, so what is
 * there of one refuses to be done twice. Of a later one, which only Prisma's CLI can leave so, that is not known.
 */
const NEWEST_BY_STATEMENTS = '20261126151921_names_by_trigrams'

const FILTERS = { externalTables: [], externalEnums: [] }

function refusal(name: string, isHalfDone: boolean, error: Error): Error {
  const isRefused = isDriverAdapterError(error)
  // The engine's message goes on with where in its own code it was.
  const [said] = error.message.split('\n')
  const reason = (isRefused && error.cause.originalMessage) || said
  if (isHalfDone) {
    return new Error(
      `The migration ${name} was left half done by an earlier version, and can't be done again from its first statement (${reason}). ` +
        'Nothing was changed now. docs/operations.md says how it is completed: "A migration that was left half done".',
      { cause: error },
    )
  }
  return new Error(
    isRefused
      ? `The migration ${name} can't be applied (${reason}). Nothing of it was kept: start again when that is mended.`
      : `The database can't be brought to this version (${reason}): it may have been made by another one. ` +
          'Restore it from before, or name a new one (DATABASE_PATH, DATABASE_URL).',
    { cause: error },
  )
}

/** The names of what is done, and of what has begun and not ended: nobody else migrates now. */
async function notedMigrations(factory: ScriptedAdapterFactory): Promise<{ applied: string[]; halfDone: string[] }> {
  const connection = await factory.connect()
  const sql = `SELECT "migration_name", "finished_at" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`
  try {
    const { rows } = await connection.queryRaw({ sql, args: [], argTypes: [] })
    const named = (isDone: boolean) =>
      rows.filter(([, end]) => (end !== null) === isDone).map(([name]) => name as string)
    return { applied: named(true), halfDone: named(false) }
  } catch {
    // The database is new, or not to be reached, which the engine then says.
    return { applied: [], halfDone: [] }
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
