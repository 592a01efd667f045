/** Brings a backup into an empty data folder. */
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../../config.ts'
import { openDatabase } from '../../prisma/client.ts'
import { recordRestore } from '../../prisma/queries/restores.ts'
import { createFileStore, fileStore } from '../../storage/file-store.ts'
import { type CopyReport, copyBlobs } from '../migrate-blobs/copy-blobs.ts'
import { assertGenuine, blobsOf, type Contents, isEmptyFolder, readContents } from './contents.ts'
import { namedBlobs } from './named-blobs.ts'
import { sayWhatIsLookedFor } from './note-restored.ts'

/**
 * Checks each file by its hash on the way. The rows come last: without them the folder is nothing that could be started.
 * @param options `withTemporal`: whether runs go on where Temporal had them; else each unfinished job gets a new run
 * @throws Error in one sentence when the backup is damaged, or something is there already
 */
export async function restoreBackup(
  config: Pick<Config, 'dataDir' | 'database' | 'blobs'>,
  from: string,
  { withTemporal, say }: { withTemporal: boolean; say: (line: string) => void },
): Promise<void> {
  const { dataDir, database, blobs } = config
  if (typeof database !== 'string') {
    throw new Error(
      'A backup of files goes into files: unset DATABASE_URL, and move the rows afterwards (npm run migrate-data).',
    )
  }
  const contents = await readContents(from)
  if (!contents) throw new Error(`${from} holds no backup: it has no contents.json.`)
  if (!(await isEmptyFolder(dataDir))) throw new Error(`${dataDir} is not empty: set DATA_DIR to another folder.`)
  if (await stat(database).catch(() => null))
    throw new Error(`${database} is there already: set DATABASE_PATH to another file.`)
  const rows = await assertGenuine(from, contents.rows)
  const temporal = withTemporal && contents.temporal ? await assertGenuine(from, contents.temporal) : null
  await mkdir(dataDir, { recursive: true })
  const missing = blobs.s3 ? [] : await restoreBlobs(from, dataDir, rows, say)
  if (temporal) await copyFile(temporal, path.join(dataDir, 'temporal.db'))
  const { installation, before, tokensAreLost } = await restoreRows(rows, database, contents, temporal === null)
  say(`Rows as of ${contents.asOf}, of the installation ${installation}${temporal ? '' : `, which was ${before}`}`)
  if (temporal) say('Temporal goes on where it was.')
  else {
    say('Temporal is new: jobs that were under way get new runs, within three minutes of the start.')
    say(
      `Back it up into a new folder: ${from} stays the backup of ${before}, and no other installation is taken there.`,
    )
  }
  sayWhatIsLookedFor(tokensAreLost, say)
  if (missing.length === 0) return
  for (const failure of missing) say(`  ${failure}`)
  throw new Error(`Blobs that rows name and the backup does not have: ${missing.length}. All else is restored.`)
}

/** @returns what is damaged or missing, each in a sentence */
async function restoreBlobs(
  from: string,
  dataDir: string,
  rows: string,
  say: (line: string) => void,
): Promise<string[]> {
  const report: CopyReport = { copied: 0, copiedBytes: 0, there: 0, failures: [] }
  const store = await createFileStore(path.join(dataDir, 'blobs'))
  await copyBlobs(fileStore(blobsOf(from)), store, { verify: false, report })
  say(`Blobs: ${report.copied}, ${(report.copiedBytes / 1e6).toFixed(1)} MB, each as its hash says`)
  const missing: string[] = []
  for (const hash of namedBlobs(rows).hashes) {
    if (!(await store.stat(hash))) missing.push(`The rows name the blob ${hash}, which is missing or damaged.`)
  }
  return missing
}

/** Under their name only when they know that they were restored. */
async function restoreRows(rows: string, database: string, { asOf }: Contents, runsAreLost: boolean) {
  const unfinished = `${database}.restoring`
  await mkdir(path.dirname(database), { recursive: true })
  await rm(unfinished, { force: true })
  await copyFile(rows, unfinished)
  const db = await openDatabase(unfinished)
  const restore = { asOf: new Date(asOf), at: new Date() }
  const ids = await recordRestore(db, restore, runsAreLost).finally(() => db.$disconnect())
  await rm(`${unfinished}.migrating`, { force: true })
  await rename(unfinished, database)
  return ids
}
