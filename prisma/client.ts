/** Opens the database: migrations applied, one Prisma client for the whole process. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { Prisma, PrismaClient } from './generated/client.ts'
import { migrate } from './migrate.ts'
import { migratePostgres } from './migrate-postgres.ts'
import { migratingAlone } from './migration-lock.ts'
import { type PostgresLocation, postgresAdapter } from './postgres-adapter.ts'
import { untilSerial } from './run-again.ts'
import { sqliteAdapter } from './sqlite-adapter.ts'

export type Database = PrismaClient
/** What a query function takes: the client, or a transaction of it. */
export type Db = Database | Prisma.TransactionClient
export type { PostgresLocation }
export { Prisma }

/** Where the rows are: the path of an SQLite file, or a PostgreSQL database. */
export type DatabaseLocation = string | PostgresLocation

/**
 * @param location of SQLite, the file's folder is made when missing
 * @throws when it can't be opened or a migration fails
 */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const { Client, adapter } = typeof location === 'string' ? await sqlite(location) : await postgres(location)
  const db = new Client({
    adapter: {
      ...adapter,
      connect: async () => {
        const connection = await adapter.connect()
        opened.set(db, { location, connection })
        return connection
      },
    },
    // It would take a stack trace for every query, to say in an error's message where in our code that was made.
    errorFormat: 'minimal',
    // Transactions queue for the one connection: under load the default of 2 s is not a fault.
    transactionOptions: { maxWait: 30_000, timeout: 30_000, isolationLevel: 'Serializable' },
  })
  if (adapter.provider === 'postgres') runTransactionsAgain(db)
  await db.$connect()
  return db
}

interface Opening {
  Client: typeof PrismaClient
  adapter: SqlMigrationAwareDriverAdapterFactory
}

async function sqlite(file: string): Promise<Opening> {
  await mkdir(path.dirname(file), { recursive: true })
  const adapter = sqliteAdapter(file)
  await migratingAlone(file, () => migrate(adapter))
  return { Client: PrismaClient, adapter }
}

/** Its client has the same models, so the types of SQLite's serve for both. */
async function postgres(location: PostgresLocation): Promise<Opening> {
  await migratePostgres(location)
  const generated = await import('./generated/postgres/client.ts')
  return { Client: generated.PrismaClient as unknown as typeof PrismaClient, adapter: postgresAdapter(location) }
}

/** Also those of one client's view of the database, which takes this function over. */
function runTransactionsAgain(db: Database): void {
  const transact = db.$transaction as (this: Database, ...args: unknown[]) => Promise<unknown>
  Object.assign(db, {
    $transaction(this: Database, ...args: unknown[]) {
      return untilSerial(() => transact.apply(this, args))
    },
  })
}

const opened = new WeakMap<Database, { location: DatabaseLocation; connection: SqlDriverAdapter }>()

/**
 * Where a database is, and the connection that its Prisma client has.
 * @throws when it is one client's view of a database, which only models can be narrowed to
 */
export function openedAs(db: Database): { location: DatabaseLocation; connection: SqlDriverAdapter } {
  const known = opened.get(db)
  if (!known) throw new Error('Statements of our own take the whole database.')
  return known
}
