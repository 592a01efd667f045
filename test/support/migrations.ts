/** Migrations of a test's own, and what Prisma has noted of those that were applied. */
import { createHash } from 'node:crypto'
import { readMigrations } from '../../prisma/migrate.ts'
import type { Provider } from '../../prisma/schema-path.ts'

export type MigrationsList = Awaited<ReturnType<typeof readMigrations>>

/** @param scripts by the migrations' names, in their order */
export async function migrationsOf(provider: Provider, scripts: Record<string, string>): Promise<MigrationsList> {
  const migrationDirectories = Object.entries(scripts).map(([name, value]) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } },
  }))
  return { ...(await readMigrations(provider)), migrationDirectories }
}

/** All columns of Prisma's table but the id and the times, which are there or not. */
export const NOTED = `SELECT "migration_name" AS "name", "checksum", "logs", "applied_steps_count" AS "steps",
  "finished_at" IS NOT NULL AS "finished", "rolled_back_at" IS NOT NULL AS "undone"
  FROM "_prisma_migrations" ORDER BY "migration_name", "started_at"`

/** What Prisma's engine notes of migrations that it has applied. */
export const notedOf = ({ migrationDirectories }: MigrationsList) =>
  migrationDirectories.map(({ path: name, migrationFile }) => ({
    name,
    checksum: createHash('sha256').update(migrationFile.content.value).digest('hex'),
    logs: null,
    steps: 1,
    finished: true,
    undone: false,
  }))
