import path from 'node:path'
import type { DatabaseLocation } from '../../prisma/client.ts'
import { run } from '../../toolchain/executables.ts'

/** Opens a database, which migrates it, in a process of its own: the engine of the migrations does not load where vitest runs setups. */
export async function openElsewhere(location: DatabaseLocation): Promise<void> {
  const opening = path.join(import.meta.dirname, '..', 'prisma', 'open-at.ts')
  await run(process.execPath, ['--disable-warning=ExperimentalWarning', opening, JSON.stringify(location)])
}
