/**
 * Statements of our own, for the steps that every scene of every job goes through: Prisma's models take ten times the CPU
 * time of the statement that comes of them (docs/decisions/0040-statements-of-our-own.md). Everything else uses the models.
 * Written as `Prisma.sql`, a statement has the placeholders of every database. What names columns takes them from the
 * schema's types, so that a renamed one does not compile.
 */
import {
  type ColumnType,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQueryable,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'
import { type Database, openedAs, Prisma } from './client.ts'
import { untilSerial } from './run-again.ts'

/** What runs them: the database itself, a transaction by `inTransaction`, or one of Prisma's. */
export interface Statements {
  $queryRaw<T>(query: Prisma.Sql): PromiseLike<T>
  /** @returns how many rows it changed */
  $executeRaw(query: Prisma.Sql): PromiseLike<number>
}

const { sql, raw, join } = Prisma

/** One at a time, past Prisma. @param db the whole database, not one client's view of it */
export function statements(db: Database): Statements {
  return runBy(openedAs(db).connection)
}

/**
 * Runs `work`, which is about one job, in a transaction past Prisma, which only statements of our own can be part of. Others
 * of that job wait until it has ended: on SQLite all do, on PostgreSQL the job's row is locked first, because transactions
 * that move the scenes of one job would else refuse each other time and again (docs/decisions/0044-postgres.md).
 */
export function inTransaction<T>(db: Database, jobId: number, work: (tx: Statements) => Promise<T>): Promise<T> {
  const { connection } = openedAs(db)
  const onPostgres = async (tx: Statements) => {
    await tx.$queryRaw(sql`SELECT 1 FROM "Job" WHERE "id" = ${jobId} FOR UPDATE`)
    return work(tx)
  }
  const once = () => transact(connection, connection.provider === 'postgres' ? onPostgres : work)
  return connection.provider === 'postgres' ? untilSerial(once) : once()
}

async function transact<T>(connection: SqlDriverAdapter, work: (tx: Statements) => Promise<T>): Promise<T> {
  const transaction = await connection.startTransaction()
  const end = (command: 'COMMIT' | 'ROLLBACK') => transaction.executeRaw({ sql: command, args: [], argTypes: [] })
  let result: T
  try {
    result = await work(runBy(transaction))
    await end('COMMIT')
  } catch (error) {
    // What the database has undone by itself, as it does when the disk is full, can't be undone again.
    await end('ROLLBACK').catch(() => {})
    await transaction.rollback()
    throw error
  }
  await transaction.commit()
  return result
}

function runBy(queryable: SqlQueryable): Statements {
  return {
    $queryRaw: async <T>(query: Prisma.Sql) => rowsOf(await queryable.queryRaw(asQuery(query, queryable))) as T,
    $executeRaw: (query) => queryable.executeRaw(asQuery(query, queryable)),
  }
}

const UNTYPED = { scalarType: 'unknown', arity: 'scalar' } as const

/** `Sql` has its text with the placeholders of SQLite (?) and with those of PostgreSQL ($1). */
function asQuery({ sql: withMarks, text: numbered, values }: Prisma.Sql, { provider }: SqlQueryable) {
  const text = provider === 'postgres' ? numbered : withMarks
  return { sql: text, args: values, argTypes: values.map(() => UNTYPED) }
}

function rowsOf({ columnNames, columnTypes, rows }: SqlResultSet): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(columnNames.map((name, index) => [name, asModelled(row[index], columnTypes[index])])),
  )
}

/** As the models have it. */
function asModelled(value: unknown, type: ColumnType | undefined): unknown {
  if (value === null) return null
  if (type === ColumnTypeEnum.DateTime) return new Date(value as string)
  if (type === ColumnTypeEnum.Json) return JSON.parse(value as string)
  return type === ColumnTypeEnum.Boolean ? Boolean(value) : value
}

const quoted = (name: string) => raw(`"${name}"`)

/** All columns of a model, by name. */
export function columnsOf(fields: Record<string, string>): Prisma.Sql {
  return raw(
    Object.keys(fields)
      .map((name) => `"${name}"`)
      .join(', '),
  )
}

type Values = Record<string, string | number | boolean | Date | null | undefined>

/** `"a" = …, "b" = …`; what is undefined stays as it is. */
export function assignments(values: Values): Prisma.Sql {
  return join(given(values).map(([name, value]) => sql`${quoted(name)} = ${value}`))
}

/** `("a", "b") VALUES (…, …)`, without what is undefined. */
export function insertion(values: Values): Prisma.Sql {
  const columns = given(values)
  return sql`(${join(columns.map(([name]) => quoted(name)))}) VALUES (${join(columns.map(([, value]) => value))})`
}

const given = (values: Values) => Object.entries(values).filter(([, value]) => value !== undefined)
