/**
 * Statements of our own, for the steps that every scene of every job goes through: Prisma's models take ten times the CPU
 * time of the statement that comes of them (docs/decisions/0040-statements-of-our-own.md). Everything else uses the models.
 * Written as `Prisma.sql`, a statement has the placeholders of every database. What names columns takes them from the
 * schema's types, so that a renamed one does not compile.
 */
import { type ColumnType, ColumnTypeEnum, type SqlQueryable, type SqlResultSet } from '@prisma/driver-adapter-utils'
import { connectionOf, type Database, Prisma } from './client.ts'

/** What runs them: the database itself, a transaction by `inTransaction`, or one of Prisma's. */
export interface Statements {
  $queryRaw<T>(query: Prisma.Sql): PromiseLike<T>
  /** @returns how many rows it changed */
  $executeRaw(query: Prisma.Sql): PromiseLike<number>
}

const { sql, raw, join } = Prisma

/** One at a time, past Prisma. @param db the whole database, not one client's view of it */
export function statements(db: Database): Statements {
  return runBy(connectionOf(db))
}

/** Runs `work` in a transaction past Prisma, which only statements of our own can be part of. */
export async function inTransaction<T>(db: Database, work: (tx: Statements) => Promise<T>): Promise<T> {
  const transaction = await connectionOf(db).startTransaction()
  const end = (command: 'COMMIT' | 'ROLLBACK') => transaction.executeRaw({ sql: command, args: [], argTypes: [] })
  try {
    const result = await work(runBy(transaction))
    await end('COMMIT')
    await transaction.commit()
    return result
  } catch (error) {
    // What the database has undone by itself, as it does when the disk is full, can't be undone again.
    await end('ROLLBACK').catch(() => {})
    await transaction.rollback()
    throw error
  }
}

function runBy(queryable: SqlQueryable): Statements {
  return {
    $queryRaw: async <T>(query: Prisma.Sql) => rowsOf(await queryable.queryRaw(asQuery(query))) as T,
    $executeRaw: (query) => queryable.executeRaw(asQuery(query)),
  }
}

const UNTYPED = { scalarType: 'unknown', arity: 'scalar' } as const

function asQuery({ sql: text, values }: Prisma.Sql) {
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
