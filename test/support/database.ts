/**
 * The database that a test file is given: an SQLite file, or in the project `postgres` (vitest.config.ts) a PostgreSQL
 * database, so that the same tests hold for both.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inject } from 'vitest'
import type { DatabaseLocation } from '../../prisma/client.ts'
import { copyMigrated } from './migrated-file.ts'
import { createDatabase, dropDatabase, TEMPLATE } from './postgres-databases.ts'

export const ON_POSTGRES = process.env.TEST_DATABASE === 'postgres'
const POOL_SIZE = 4

export interface TestDatabase {
  location: DatabaseLocation
  /** What tells a process, or readConfig, to use it. */
  env: Record<string, string>
  remove(): Promise<void>
}

/**
 * A new one; close what uses it before it is removed.
 * @param migrated whether it is at once, because a copy is quick, or when it is first opened
 */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  if (ON_POSTGRES) return newDatabase(migrated ? TEMPLATE : 'template1')
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-rows-'))
  const file = path.join(folder, 'rows.db')
  if (migrated) await copyMigrated(file)
  return {
    location: file,
    env: { DATABASE_PATH: file },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

async function newDatabase(template: string): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomUUID().slice(0, 8)}`
  const url = await createDatabase(server, name, template)
  return {
    location: { url, poolSize: POOL_SIZE },
    env: { DATABASE_URL: url, DATABASE_POOL_SIZE: String(POOL_SIZE) },
    remove: () => dropDatabase(server, name),
  }
}
