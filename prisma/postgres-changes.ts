/**
 * Commits to PostgreSQL, by the snapshot that a query has now: two are equal only if the same transactions are over. It is
 * asked of the server each time, so that a commit of another server or of a worker counts the moment that it is made, and
 * it counts what other databases of that server commit too. Those who ask while a look waits to be made share it.
 */
import type { Changes } from './changes.ts'
import { type Database, Prisma } from './client.ts'
import { nextTurn } from './next-turn.ts'
import { statements } from './statements.ts'

export function watchPostgres(db: Database): Changes {
  const { $queryRaw } = statements(db)
  const look = async () => {
    const [now] = await $queryRaw<{ snapshot: string }[]>(Prisma.sql`SELECT pg_current_snapshot()::text AS "snapshot"`)
    return now?.snapshot
  }
  // Not the look that is under way: it may have been made before a commit that the caller knows of.
  return { stamp: nextTurn(look), close() {} }
}
