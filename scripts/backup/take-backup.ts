/** Copies an installation on one machine while it runs, in the order in which nothing that is copied refers to what is not. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../../config.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { createFileStore, fileStore } from '../../storage/file-store.ts'
import { type CopyReport, copyBlobs } from '../migrate-blobs/copy-blobs.ts'
import { blobsOf, type Contents, describeFile, isEmptyFolder, readContents, writeContents } from './contents.ts'
import { installationOf, type Named, namedBlobs } from './named-blobs.ts'
import { openReadable, snapshot } from './snapshot.ts'

/** Of the rows, when what they name was removed before it could be copied. */
const TRIES = 5

/**
 * Temporal first, then the rows, then the bytes: runs that are older than their rows go on as after a reset, and find there
 * what is bought and done; rows name only what is stored already, and what was removed meanwhile newer rows do not name.
 * @param to a new folder, an empty one, or one with a backup of the same installation
 * @throws Error in one sentence when it can't be made, or blobs that rows name are damaged or gone
 */
export async function takeBackup(
  config: Pick<Config, 'dataDir' | 'database' | 'blobs'>,
  to: string,
  say: (line: string) => void,
): Promise<void> {
  const { database, dataDir, blobs } = config
  if (typeof database !== 'string') {
    throw new Error('The rows are in PostgreSQL: take them with pg_dump (docs/operations.md, Backup).')
  }
  const before = await readContents(to)
  if (!before && !(await isEmptyFolder(to)))
    throw new Error(`${to} has files that are no backup: name an empty folder.`)
  const installation = installationNow(database)
  if (before?.installation && before.installation !== installation) {
    throw new Error(
      `${to} has a backup of another installation (${before.installation}, this is ${installation}): name another folder. ` +
        'A restore without Temporal’s state gives an installation another id.',
    )
  }
  await mkdir(to, { recursive: true })
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  const temporal = await snapshotTemporal(dataDir, to, `temporal-${stamp}.db`)
  const store = blobs.s3
    ? null
    : { from: fileStore(path.join(dataDir, 'blobs')), to: await createFileStore(blobsOf(to)) }
  const rows = await copyRowsAndBlobs(database, path.join(to, `rows-${stamp}.db`), store)
  const { named, asOf, report } = rows
  const contents: Contents = {
    asOf: asOf.toISOString(),
    installation: named.installation,
    rows: await describeFile(to, `rows-${stamp}.db`),
    temporal: temporal === null ? null : await describeFile(to, temporal),
    blobs: report && { count: report.copied + report.there, bytes: report.copiedBytes },
  }
  await writeContents(to, contents)
  await removeEarlier(to, contents)
  const removed = store ? await removeUnnamed(store.to, named) : 0
  say(`Rows as of ${contents.asOf}, ${megabytes(contents.rows.size)}`)
  say(
    contents.temporal
      ? `Temporal's state, ${megabytes(contents.temporal.size)}`
      : 'Temporal is not here: back it up where it is.',
  )
  if (report)
    say(
      `Blobs: ${report.copied} copied (${megabytes(report.copiedBytes)}), ${report.there} were there, ${removed} removed`,
    )
  else say('The bytes are in S3: keep versions of them there (docs/operations.md, Backup).')
  for (const failure of report?.failures ?? []) say(`  ${failure}`)
  if (report && report.failures.length > 0) {
    throw new Error(
      `Blobs that rows name and that could not be copied: ${report.failures.length}. All else is in ${to}.`,
    )
  }
}

/** Of the rows that are to be copied. */
function installationNow(database: string): string | null {
  const connection = openReadable(database)
  try {
    return installationOf(connection)
  } finally {
    connection.close()
  }
}

/** @returns the file's name; null where the embedded server has never run here */
async function snapshotTemporal(dataDir: string, to: string, name: string): Promise<string | null> {
  const database = path.join(dataDir, 'temporal.db')
  if (!existsSync(database)) return null
  await snapshot(database, path.join(to, name))
  return name
}

async function copyRowsAndBlobs(database: string, to: string, store: { from: BlobStore; to: BlobStore } | null) {
  for (let tries = 1; ; tries++) {
    const asOf = new Date()
    await rm(to, { force: true })
    await snapshot(database, to)
    const named = namedBlobs(to)
    if (!store) return { asOf, named, report: null }
    const report: CopyReport = { copied: 0, copiedBytes: 0, there: 0, failures: [] }
    await copyBlobs(only(store.from, named), store.to, { verify: false, report })
    // Somebody deleted them since: the rows of now do not name them.
    if (report.failures.length === 0 || tries === TRIES) return { asOf, named, report }
  }
}

/** A store that lists what the rows name, whether it is there or not. */
function only(store: BlobStore, { hashes }: Named): BlobStore {
  return {
    ...store,
    async *list() {
      for (const hash of hashes) yield { hash, ...((await store.stat(hash)) ?? { size: -1, writtenAt: new Date(0) }) }
    },
  }
}

async function removeEarlier(folder: string, { rows, temporal }: Contents): Promise<void> {
  const kept = [rows.name, temporal?.name]
  for (const name of await readdir(folder)) {
    if (/^(rows|temporal)-[\dTZ-]+\.db/.test(name) && !kept.includes(name)) await rm(path.join(folder, name))
  }
}

/** What was deleted is to be gone from here too. */
async function removeUnnamed(store: BlobStore, { hashes }: Named): Promise<number> {
  let removed = 0
  for await (const { hash } of store.list()) {
    if (hashes.has(hash)) continue
    await store.delete(hash)
    removed++
  }
  return removed
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
