/** The SQLite file that rows are moved from: held so that nobody else has it open, and never written. */
import Sqlite from 'better-sqlite3'
import { readMigrations } from '../../prisma/migrate.ts'
import { asPostgres, type Row, type Table } from './tables.ts'

export interface Source {
  installationId: string | null
  /** The highest number that a row of the table was ever given by itself; 0 for none. */
  lastNumber(table: string): number
  /** In the order of their keys, from the one after `after` on. */
  rows(table: Table, after: Row | null): Iterable<Row>
  close(): void
}

/** @throws Error in one sentence when it is missing, open elsewhere, or not of this version of Greenlight */
export async function openSource(file: string): Promise<Source> {
  const connection = open(file)
  try {
    // While this connection is open no other can be; where one is already, the first look fails.
    connection.pragma('locking_mode = EXCLUSIVE')
    connection.pragma('query_only = ON')
    connection.exec('BEGIN')
    await assertMigrated(connection, file)
  } catch (error) {
    connection.close()
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) {
      throw new Error(`${file} is in use: stop every server, worker and command of this installation first.`)
    }
    throw error
  }
  const setting = connection.prepare('SELECT "value" FROM "Setting" WHERE "key" = ?').pluck()
  return {
    installationId: (setting.get('installation_id') as string | undefined) ?? null,
    lastNumber(table) {
      const counted = connection.prepare('SELECT "seq" FROM "sqlite_sequence" WHERE "name" = ?').pluck()
      return (counted.get(table) as number | undefined) ?? 0
    },
    rows: (table, after) => rowsAfter(connection, table, after),
    close: () => connection.close(),
  }
}

function open(file: string): Sqlite.Database {
  try {
    return new Sqlite(file, { fileMustExist: true, timeout: 0 })
  } catch (error) {
    throw new Error(`There is no database to move from at ${file}: ${(error as Error).message}.`)
  }
}

async function assertMigrated(connection: Sqlite.Database, file: string): Promise<void> {
  const named = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'").get()
  if (!named) throw new Error(`${file} is no database of Greenlight.`)
  const applied = connection.prepare('SELECT "migration_name" FROM "_prisma_migrations"').pluck().all() as string[]
  const { migrationDirectories } = await readMigrations('sqlite')
  const known = migrationDirectories.map(({ path }) => path)
  if (known.some((name) => !applied.includes(name))) {
    throw new Error(
      `${file} is of an older version: start this one on it once (npm run keys -- list will do), and end it.`,
    )
  }
  if (applied.some((name) => !known.includes(name))) throw new Error(`${file} is of a newer version than this one.`)
}

function* rowsAfter(connection: Sqlite.Database, { name, columns, key }: Table, after: Row | null): Iterable<Row> {
  const names = (list: string[]) => list.map((one) => `"${one}"`).join(', ')
  const where = after ? `WHERE (${names(key)}) > (${key.map(() => '?').join(', ')})` : ''
  const select = `SELECT ${names(columns.map((column) => column.name))} FROM "${name}" ${where} ORDER BY ${names(key)}`
  const rows = connection
    .prepare(select)
    .raw()
    .iterate(...(after ?? [])) as Iterable<unknown[]>
  for (const row of rows) {
    yield columns.map((column, index) => asPostgres(row[index], column))
  }
}
