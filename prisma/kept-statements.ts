/**
 * Statements that SQLite has prepared are used again. The adapter prepares every query anew, and asks for its columns
 * anew, which takes a fifth of the CPU time of a small one; Prisma says the same thing in the same words each time.
 */
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type Sqlite from 'better-sqlite3'

/** Lists of values in a query make many texts of it: when there are this many, all are forgotten. */
const KEPT_AT_MOST = 500

/** `SELECT *`: which columns that means changes with the table. */
const ALL_COLUMNS = /\*\s*(,|FROM\b|$)/i

/** What the adapter does with a statement; it has no other use for one. */
interface Prepared {
  bind(args: unknown[]): Pick<Sqlite.Statement, 'reader' | 'columns' | 'run'> & { raw(): { all(): unknown[] } }
  run(): Sqlite.RunResult
}

/** @param adapter of better-sqlite3, before its first query */
export function keepStatements(adapter: SqlDriverAdapter): void {
  const { client } = adapter as unknown as { client: Sqlite.Database }
  const prepare = client.prepare.bind(client)
  const kept = new Map<string, Prepared>()
  const prepareOnce = (sql: string): Prepared => {
    const known = kept.get(sql)
    if (known) return known
    if (ALL_COLUMNS.test(sql)) return reusable(prepare(sql))
    if (kept.size >= KEPT_AT_MOST) kept.clear()
    const prepared = reusable(prepare(sql))
    kept.set(sql, prepared)
    return prepared
  }
  Object.assign(client, { prepare: prepareOnce })
}

/** Values bound to a statement of better-sqlite3 stay bound for good: here they are handed over with each run. */
function reusable(statement: Sqlite.Statement): Prepared {
  const { reader } = statement
  if (reader) statement.raw()
  let columns: Sqlite.ColumnDefinition[] | undefined
  return {
    bind: (args) => ({
      reader,
      columns: () => {
        columns ??= statement.columns()
        return columns
      },
      raw: () => ({ all: () => statement.all(args) }),
      run: () => statement.run(args),
    }),
    run: () => statement.run(),
  }
}
