/** Opens the database: migrations applied, one Prisma client for the whole process. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
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
  return new PrismaClient({
    adapter,
    // Transactions queue for the one connection: under load the default of 2 s is not a fault.
    transactionOptions: { maxWait: 30_000, timeout: 30_000 },
  })
}
