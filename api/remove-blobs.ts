/** Removes the bytes of what was deleted, where nothing else has the same bytes. */
import { referencedHashes } from '../prisma/queries/blob-references.ts'
import type { NamedBlob } from '../prisma/queries/removals.ts'
import { asServer } from './auth/caller-scope.ts'
import type { ApiDeps } from './deps.ts'

/** A blob is stored a moment before the row that names it; after this it was not for any row. */
const ON_ITS_WAY_MS = 10 * 60_000
/** The store's clock and the rows' tell the time in different steps. */
const CLOCK_STEP_MS = 1_000

/**
 * What was stored again after the deleted row, moments ago, may belong to an upload of the same bytes whose row is yet
 * to come, and stays. A failure here only costs space, because the rows are gone by now, and is logged.
 */
export async function removeBlobs({ db, blobs, log }: ApiDeps, named: NamedBlob[]): Promise<void> {
  try {
    const hashes = [...new Set(named.map(({ hash }) => hash))]
    // Another client, whose rows the caller may not see, may have the same bytes.
    const kept = await asServer(() => referencedHashes(db, hashes))
    for (const { hash, before } of named) {
      if (kept.has(hash)) continue
      const settled = Math.max(before.getTime() + CLOCK_STEP_MS, Date.now() - ON_ITS_WAY_MS)
      const stored = await blobs.stat(hash)
      if (stored && stored.writtenAt.getTime() <= settled) await blobs.delete(hash)
    }
  } catch (error) {
    log.error({ err: error, blobs: named }, 'the bytes of what was deleted could not all be removed')
  }
}
