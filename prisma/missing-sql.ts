/** The SQL that brings what the migrations make to the models in schema.prisma, for `npm run migration`. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { type SchemaEngine, withSchemaEngine } from './schema-engine.ts'
import { migrationsFolder, readSchema, schemaPath } from './schema-path.ts'

type Side = Parameters<SchemaEngine['diff']>[0]['from']

/** @param adapter of a migrated database @returns null when nothing is missing */
export async function missingInSqlite(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<string | null> {
  const files = [{ path: schemaPath, content: await readSchema('sqlite') }]
  const now = { tag: 'schemaDatasource', files, configDir: path.dirname(schemaPath) } as Side
  return difference(adapter, now, files)
}

/** The models as the newest migration for PostgreSQL makes them: written with it, so that no server is needed for the next. */
export const snapshotPath = path.join(migrationsFolder('postgres'), 'schema.prisma')

/** @param from what there is: the models of the newest migration, or nothing @returns null when nothing is missing */
export async function missingInPostgres(from: 'newest' | 'nothing' = 'newest'): Promise<string | null> {
  const before = from === 'newest' ? await readFile(snapshotPath, 'utf8').catch(() => null) : null
  const snapshot = before && { tag: 'schemaDatamodel', files: [{ path: schemaPath, content: before }] }
  const files = [{ path: schemaPath, content: await readSchema('postgres') }]
  return difference(NOWHERE, (snapshot ?? { tag: 'empty' }) as Side, files)
}

async function difference(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  from: Side,
  files: { path: string; content: string }[],
): Promise<string | null> {
  const { stdout } = await withSchemaEngine(adapter, (engine) =>
    engine.diff({
      from,
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
      shadowDatabaseUrl: null,
    } as Parameters<typeof engine.diff>[0]),
  )
  const sql = (stdout ?? '')
    .replace('DROP TABLE "_prisma_migrations";', '')
    // It is there, and takes a right of its own.
    .replace('-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n', '')
    .trim()
  return sql.replace(/^--.*$/gm, '').trim() === '' ? null : sql
}

const connection = {
  provider: 'postgres' as const,
  adapterName: 'nowhere',
  queryRaw: async () => ({ columnNames: [], columnTypes: [], rows: [] }),
  executeRaw: async () => 0,
  executeScript: async () => {},
  startTransaction: async () => Promise.reject(new Error('There is no database.')),
  dispose: async () => {},
}
/** The engine wants a database, also to compare two schemas, and asks it for nothing but its version. */
const NOWHERE: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'nowhere',
  connect: async () => connection,
  connectToShadowDb: async () => connection,
}
