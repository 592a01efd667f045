/**
 * A transaction around each migration and what Prisma's engine notes of it in `_prisma_migrations`, so that whoever is killed
 * leaves all of it or nothing (docs/decisions/0066-whole-migrations.md). The engine opens none, and its notes are statements
 * like others, so they go into the one that is open here.
 */
import type {
  IsolationLevel,
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  Transaction,
} from '@prisma/driver-adapter-utils'
import { untilSerial } from './run-again.ts'

/** Takes several statements at once as well, which Prisma's transactions do not. */
export interface ScriptedTransaction extends Transaction {
  executeScript(script: string): Promise<void>
}

export interface ScriptedAdapter extends SqlDriverAdapter {
  startTransaction(isolationLevel?: IsolationLevel): Promise<ScriptedTransaction>
}

export interface ScriptedAdapterFactory extends SqlMigrationAwareDriverAdapterFactory {
  connect(): Promise<ScriptedAdapter>
}

export interface MigrationTransactions {
  /** For the engine, which connects once. */
  factory: SqlMigrationAwareDriverAdapterFactory
  /**
   * @param script of the migration that the engine is to apply in `work`
   * @throws what the database said where it refused the script, else what `work` threw; nothing has changed then
   */
  inTransaction<T>(script: string, work: () => Promise<T>): Promise<T>
}

/**
 * The engine takes this lock too, but gives up after ten seconds. A start that was killed holds it until the server has ended
 * the statement that it was at, and so does Prisma's CLI.
 */
const LOCK_AS_PRISMA_DOES = 'SELECT pg_advisory_lock(72707369)'

/** SQLite takes that only before a transaction. Without it, a table that is made anew would take along the rows that name its rows. */
const UNCHECKED = /^\s*PRAGMA foreign_keys\s*=\s*OFF/im

export function migrationTransactions(factory: ScriptedAdapterFactory): MigrationTransactions {
  let connection: ScriptedAdapter | undefined
  let open: ScriptedTransaction | undefined
  let refused: unknown

  async function connect(): Promise<SqlDriverAdapter> {
    const connected = await factory.connect()
    connection = connected
    if (factory.provider === 'postgres') {
      await connected.executeRaw(statement(LOCK_AS_PRISMA_DOES)).catch(async (error: unknown) => {
        await connected.dispose()
        throw error
      })
    }
    return {
      provider: connected.provider,
      adapterName: connected.adapterName,
      queryRaw: (query) => (open ?? connected).queryRaw(query),
      executeRaw: (query) => (open ?? connected).executeRaw(query),
      executeScript: (script) => (open ? runScript(open, script) : connected.executeScript(script)),
      startTransaction: (isolationLevel) => connected.startTransaction(isolationLevel),
      getConnectionInfo: () => ({ supportsRelationJoins: false, ...connected.getConnectionInfo?.() }),
      dispose: () => connected.dispose(),
    }
  }

  /** Undone by itself where it is refused: the engine notes that in the transaction, which would be refused too and hide why. */
  async function runScript(transaction: ScriptedTransaction, script: string): Promise<void> {
    await transaction.executeRaw(statement('SAVEPOINT script'))
    try {
      await transaction.executeScript(script)
    } catch (error) {
      refused = error
      // A connection that broke has nothing to undo.
      await transaction.executeRaw(statement('ROLLBACK TO SAVEPOINT script')).catch(() => {})
      throw error
    }
  }

  async function attempt<T>(on: ScriptedAdapter, work: () => Promise<T>): Promise<T> {
    const transaction = await on.startTransaction()
    open = transaction
    refused = undefined
    try {
      const result = await work()
      await transaction.executeRaw(statement('COMMIT'))
      await transaction.commit()
      return result
    } catch (error) {
      await transaction.executeRaw(statement('ROLLBACK')).catch(() => {})
      await transaction.rollback()
      throw refused ?? error
    } finally {
      open = undefined
    }
  }

  return {
    factory: { ...factory, connect },
    async inTransaction(script, work) {
      if (!connection) throw new Error('The engine connects before it migrates.')
      const on = connection
      const isUnchecked = factory.provider === 'sqlite' && UNCHECKED.test(script)
      if (isUnchecked) await on.executeScript('PRAGMA foreign_keys = OFF')
      try {
        // Processes that work meanwhile may lock the same tables in another order, and PostgreSQL ends one of the two.
        return await untilSerial(() => attempt(on, work))
      } finally {
        if (isUnchecked) await on.executeScript('PRAGMA foreign_keys = ON')
      }
    },
  }
}

const statement = (sql: string) => ({ sql, args: [], argTypes: [] })
