/** Runs once before the tests of the project `shared`: makes the file that new databases are copies of. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MIGRATED_FILE } from './migrated-file.ts'
import { openElsewhere } from './open-elsewhere.ts'

export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-template-'))
  const file = path.join(folder, 'rows.db')
  await openElsewhere(file)
  process.env[MIGRATED_FILE] = file
  return () => rm(folder, { recursive: true, force: true })
}
