/** A migrated SQLite file to copy: migrating a new one takes as long as many a test file. */
import { copyFile } from 'node:fs/promises'

/** Names the file, where there is one. A variable, so that what is no test can use the stack of the tests as well. */
export const MIGRATED_FILE = 'TEST_MIGRATED_FILE'

/** Makes the SQLite file of a new database. Where there is none to copy, whoever opens it first migrates it. */
export async function copyMigrated(file: string): Promise<void> {
  const migrated = process.env[MIGRATED_FILE]
  if (migrated) await copyFile(migrated, file)
}
