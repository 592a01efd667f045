/** Opens the database: migrations applied, one Prisma client for the whole process. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { Prisma, PrismaClient } from './generated/client.ts'
import { migrate } from './migrate.ts'
import { migratingAlone } from './migration-lock.ts'
import { sqliteAdapter } from './sqlite-adapter.ts'

export type Database = PrismaClient
/** What a query function takes: the client, or a transaction of it. */
export type Db = Database | Prisma.TransactionClient
export { Prisma }

/**
 * @param databasePath the SQLite file; its folder is made when missing
 * @throws when the file can't be opened or a migration fails
 */
export async function openDatabase(databasePath: string): Promise<Database> {
  await mkdir(path.dirname(databasePath), { recursive: true })
  const adapter = sqliteAdapter(databasePath)
  await migratingAlone(databasePath, () => migrate(adapter))
  const db: Database = new PrismaClient({
    adapter: {
      ...adapter,
      connect: async () => {
        const connection = await adapter.connect()
        connections.set(db, connection)
        return connection
      },
    },
    // It would take a stack trace for every query, to say in an error's message where in our code that was made.
    errorFormat: 'minimal',
    // Transactions queue for the one connection: under load the default of 2 s is not a fault.
    transactionOptions: { maxWait: 30_000, timeout: 30_000 },
  })
  await db.$connect()
  return db
}

const connections = new WeakMap<Database, SqlDriverAdapter>()

/**
 * The connection that a database's Prisma client has.
 * @throws when it is one client's view of a database, which only models can be narrowed to
 */
export function connectionOf(db: Database): SqlDriverAdapter {
  const connection = connections.get(db)
  if (!connection) throw new Error('Statements of our own take the whole database.')
  return connection
}
