/** Runs once before the tests of the project `postgres`: a server for all of them, with a migrated database to copy. */
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../scripts/postgres/server.ts'
import { run } from '../../toolchain/executables.ts'
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
    // In a process of its own: the engine of the migrations does not load where vitest runs this.
    const opening = path.join(import.meta.dirname, '..', 'prisma', 'open-at.ts')
    await run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      opening,
      JSON.stringify({ url, poolSize: 2 }),
    ])
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('postgresUrl', server.url('postgres'))
  return () => server.stop()
}
