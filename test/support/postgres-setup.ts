/** Runs once before the tests of the project `postgres`: a server for all of them, with a migrated database to copy. */
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../scripts/postgres/server.ts'
import { openElsewhere } from './open-elsewhere.ts'
import { createDatabase, TEMPLATE } from './postgres-databases.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the server's database `postgres`; only in that project. */
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  try {
    const url = await createDatabase(server.url('postgres'), TEMPLATE)
    await openElsewhere({ url, poolSize: 2 })
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('postgresUrl', server.url('postgres'))
  return () => server.stop()
}
