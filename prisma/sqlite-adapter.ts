/**
 * better-sqlite3 under Prisma, with three of that adapter's traps closed:
 * a plain query made while a transaction is open would run inside that transaction (there is one connection, and only
 * transactions take its mutex), and transactions are opened deferred, so that a read that turns into a write can fail
 * with SQLITE_BUSY_SNAPSHOT when another process wrote in between; and SQLite's LIKE knows no escape unless it is told
 * one, so that a % that is looked for would match anything (`literally` in queries/list-jobs.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type { SqlDriverAdapter, SqlQuery, Transaction } from '@prisma/driver-adapter-utils'
import { Mutex } from 'async-mutex'
import { keepStatements } from './kept-statements.ts'
import type { ScriptedAdapter, ScriptedAdapterFactory } from './migration-transactions.ts'
import { type SyncedLog, syncLog } from './sync-log.ts'

/** Another process holds the write lock at most this long before a query of ours fails. */
const BUSY_DEADLINE_MS = 30_000
/** better-sqlite3 is synchronous: its own busy wait would stop the event loop, so it is kept short and repeated. */
const BUSY_WAIT_MS = 25

/** @param path the database file */
export function sqliteAdapter(path: string): ScriptedAdapterFactory {
  const factory = new PrismaBetterSqlite3({ url: path, timeout: BUSY_WAIT_MS }, { timestampFormat: 'iso8601' })
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = await factory.connect()
      const isLogged = await retryWhileBusy(() => keepLog(adapter))
      // In WAL mode NORMAL may forget the last commits at a power cut, and with them what was paid for: whoever commits waits
      // for the log as well, which takes the disk's time beside the thread (docs/decisions/0062-synced-beside-the-thread.md).
      const synchronous = isLogged ? 'NORMAL' : 'FULL'
      await adapter.executeScript(`PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON;`)
      keepStatements(adapter)
      return lockConnection(adapter, isLogged ? syncLog(path) : null)
    },
    connectToShadowDb: () => factory.connectToShadowDb(),
  }
}

/** @returns false on file systems that have no shared memory, where SQLite goes on without a log */
async function keepLog(adapter: SqlDriverAdapter): Promise<boolean> {
  const { rows } = await adapter.queryRaw({ sql: 'PRAGMA journal_mode = WAL', args: [], argTypes: [] })
  return rows[0]?.[0] === 'wal'
}

/**
 * Lets one transaction, or one query outside of any, use the connection at a time. Others have it again while what was
 * committed goes to the disk.
 */
function lockConnection(adapter: SqlDriverAdapter, log: SyncedLog | null): ScriptedAdapter {
  const connection = new Mutex()
  const exclusively = <T>(work: () => Promise<T>) => connection.runExclusive(() => retryWhileBusy(work))
  const durably = async <T>(sql: string, work: () => Promise<T>) => {
    const result = await exclusively(work)
    if (!READS.test(sql)) await log?.synced()
    return result
  }
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query: SqlQuery) => durably(query.sql, () => adapter.queryRaw(withEscape(query))),
    executeRaw: (query: SqlQuery) => durably(query.sql, () => adapter.executeRaw(query)),
    executeScript: (script: string) => durably(script, () => adapter.executeScript(script)),
    startTransaction: async (isolationLevel) => {
      const release = await connection.acquire()
      try {
        const transaction = await adapter.startTransaction(isolationLevel)
        try {
          await transaction.executeRaw({ sql: 'ROLLBACK', args: [], argTypes: [] })
          await retryWhileBusy(() => transaction.executeRaw({ sql: 'BEGIN IMMEDIATE', args: [], argTypes: [] }))
        } catch (error) {
          await transaction.rollback()
          throw error
        }
        return {
          ...releaseAtEnd(transaction, release, log),
          executeScript: (script) => adapter.executeScript(script),
        }
      } catch (error) {
        release()
        throw error
      }
    },
    async dispose() {
      await connection.runExclusive(() => adapter.dispose())
      await log?.close()
    },
  }
}

/** Only one statement, and none that writes: what begins with WITH may. */
const READS = /^\s*SELECT\b[^;]*$/i

function releaseAtEnd(transaction: Transaction, release: () => void, log: SyncedLog | null): Transaction {
  return {
    provider: transaction.provider,
    adapterName: transaction.adapterName,
    options: transaction.options,
    queryRaw: (query) => transaction.queryRaw(withEscape(query)),
    executeRaw: (query) => transaction.executeRaw(query),
    createSavepoint: (name) => transaction.createSavepoint?.(name) ?? Promise.resolve(),
    rollbackToSavepoint: (name) => transaction.rollbackToSavepoint?.(name) ?? Promise.resolve(),
    releaseSavepoint: (name) => transaction.releaseSavepoint?.(name) ?? Promise.resolve(),
    async commit() {
      await transaction.commit().finally(release)
      await log?.synced()
    },
    rollback: () => transaction.rollback().finally(release),
  }
}

const CONTAINS = "LIKE ('%' || ? || '%')"

/** The escape that PostgreSQL has by itself. */
function withEscape(query: SqlQuery): SqlQuery {
  if (!query.sql.includes(CONTAINS)) return query
  return { ...query, sql: query.sql.replaceAll(CONTAINS, `${CONTAINS} ESCAPE '\\'`) }
}

async function retryWhileBusy<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + BUSY_DEADLINE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error
      await sleep(5 + Math.random() * 25)
    }
  }
}

/** How the adapter tells SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  const cause = (error as { cause?: { kind?: string } }).cause
  return cause?.kind === 'SocketTimeout'
}
