/**
 * pg under Prisma, made to behave as SQLite does here:
 * Prisma's transactions are serializable, as SQLite's are by nature (what is refused for that runs again: run-again.ts); `contains`
 * finds ASCII letters in either case and takes every other character as it is; a NUL in a text, which no request brings
 * but a provider's answer might, becomes U+FFFD, because PostgreSQL would refuse the row; and an outage is told as one,
 * whichever way pg found it out.
 */
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapter, SqlQuery, SqlQueryable, Transaction } from '@prisma/driver-adapter-utils'
import type { ScriptedAdapter, ScriptedAdapterFactory } from './migration-transactions.ts'
import { asOutage } from './postgres-outage.ts'

export interface PostgresLocation {
  /** postgresql://user:password@host:port/database */
  url: string
  /** How many connections this process opens at most. */
  poolSize: number
}

/** How long a query waits for a connection, to be opened or to be given back by another one. */
const CONNECTION_WITHIN_MS = 10_000
/** As Prisma's own limit for a transaction (client.ts): what holds on longer holds others up. */
const QUERY_WITHIN_MS = 30_000

/**
 * What every connection says of itself. The adapter hands moments over without a zone, so the zone has to be UTC. A scan
 * that is discouraged (below) counts as dear, and dear queries are compiled, which takes longer than any of ours.
 */
export const connectionSettings = ({ url }: Pick<PostgresLocation, 'url'>) => ({
  connectionString: url,
  connectionTimeoutMillis: CONNECTION_WITHIN_MS,
  application_name: 'greenlight',
  options: '-c TimeZone=UTC -c jit=off',
  keepAlive: true,
})

/** @param limited false for migrations, which may take their time */
export function postgresAdapter(location: PostgresLocation, { limited = true } = {}): ScriptedAdapterFactory {
  const limits = { statement_timeout: QUERY_WITHIN_MS, idle_in_transaction_session_timeout: QUERY_WITHIN_MS }
  const factory = new PrismaPg({ ...connectionSettings(location), ...(limited && limits), max: location.poolSize })
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => likeSqlite(await factory.connect()),
    connectToShadowDb: () => factory.connectToShadowDb(),
  }
}

function likeSqlite(adapter: SqlDriverAdapter): ScriptedAdapter {
  return {
    ...queries(adapter),
    executeScript: (script) => adapter.executeScript(script).catch(asOutage),
    startTransaction: async (isolationLevel) => {
      const transaction = await adapter.startTransaction().catch(asOutage)
      if (isolationLevel === 'SERIALIZABLE') await serialize(transaction)
      return {
        ...queries(transaction),
        ...endings(transaction),
        options: transaction.options,
        // As it is, in one message: the adapter's own would be cut at every semicolon.
        executeScript: async (sql) => {
          await transaction.executeRaw({ sql, args: [], argTypes: [] }).catch(asOutage)
        },
      }
    },
    getConnectionInfo: () => ({ supportsRelationJoins: false, ...adapter.getConnectionInfo?.() }),
    dispose: () => adapter.dispose(),
  }
}

/**
 * In a serializable transaction rows that a scan passes count as read: with scans of whole tables, which PostgreSQL prefers
 * while they are small, any two would be in each other's way.
 */
const SERIALIZE = 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET LOCAL enable_seqscan = off'

async function serialize(transaction: Transaction): Promise<void> {
  try {
    await transaction.executeRaw({ sql: SERIALIZE, args: [], argTypes: [] })
  } catch (error) {
    await transaction.rollback()
    asOutage(error)
  }
}

function queries(queryable: SqlQueryable): SqlQueryable {
  return {
    provider: queryable.provider,
    adapterName: queryable.adapterName,
    queryRaw: (query) => queryable.queryRaw(asMeant(query)).catch(asOutage),
    executeRaw: (query) => queryable.executeRaw(asMeant(query)).catch(asOutage),
  }
}

function endings(transaction: Transaction): Pick<Transaction, 'commit' | 'rollback'> & Partial<Transaction> {
  return {
    commit: () => transaction.commit(),
    rollback: () => transaction.rollback(),
    createSavepoint: (name) => transaction.createSavepoint?.(name) ?? Promise.resolve(),
    rollbackToSavepoint: (name) => transaction.rollbackToSavepoint?.(name) ?? Promise.resolve(),
    releaseSavepoint: (name) => transaction.releaseSavepoint?.(name) ?? Promise.resolve(),
  }
}

/** What `contains` and `startsWith` become, and the number of what they look for. */
const LIKE = /::text LIKE (?=\((?:'%' \|\| )?\$(\d+))/g

function asMeant(query: SqlQuery): SqlQuery {
  const sql = query.sql.replace(LIKE, (_, nth) => `::text COLLATE "C" ${comparison(query.args[nth - 1])} `)
  return query.args.some(hasNul) || sql !== query.sql ? { ...query, sql, args: query.args.map(withoutNul) } : query
}

/** ILIKE makes a copy of every name in lower case: without letters that would be for nothing, and takes twice as long. */
const comparison = (part: unknown) => (/[a-z]/i.test(String(part)) ? 'ILIKE' : 'LIKE')

const hasNul = (value: unknown) => typeof value === 'string' && value.includes('\0')
const withoutNul = (value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value)
