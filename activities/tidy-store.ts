/** Removes what nothing names any more: bytes of crashes and of replaced films, ends of music, what was begun and left. */

import type { Database } from '../prisma/client.ts'
import { referencedHashes } from '../prisma/queries/blob-references.ts'
import { forgetTransitions } from '../prisma/queries/rendered-transitions.ts'
import { removeAbandonedFolders } from '../storage/temp-dir.ts'
import type { TidyReport } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { canceled } from './heartbeat.ts'

/** Bytes are stored before the row that names them; an activity that is tried again may take its time between the two. */
const SETTLED_MS = 24 * 60 * 60_000
const BATCH = 200

export const tidyStore = (deps: ActivityDeps) => async (): Promise<TidyReport> => {
  const { db, blobs, config, log } = deps
  const report: TidyReport = { blobs: 0, bytes: 0, tails: await forgetTails(db), tempFolders: 0, unfinished: 0 }
  await forgetTransitions(db)
  const before = Date.now() - SETTLED_MS
  const remove = async (hashes: string[]) => {
    const named = await referencedHashes(db, hashes)
    for (const hash of hashes) {
      // Once more: the same bytes may have been stored again in the meantime, for a row that is yet to come.
      const stored = named.has(hash) ? null : await blobs.stat(hash)
      if (!stored || stored.writtenAt.getTime() > before) continue
      await blobs.delete(hash)
      report.blobs++
      report.bytes += stored.size
    }
  }
  let batch: string[] = []
  for await (const { hash, writtenAt } of blobs.list()) {
    canceled().throwIfAborted()
    if (writtenAt.getTime() <= before) batch.push(hash)
    if (batch.length < BATCH) continue
    await remove(batch)
    batch = []
  }
  await remove(batch)
  report.unfinished = await blobs.removeUnfinished(new Date(before))
  report.tempFolders = await removeAbandonedFolders(config.dataDir)
  if (Object.values(report).some((count) => count > 0)) log.info(report, 'tidied up')
  return report
}

/** Of jobs that have ended nothing is continued any more. A retry of the music begins a piece anew where its end is gone. */
async function forgetTails(db: Database): Promise<number> {
  const { count } = await db.audioSegment.updateMany({
    where: {
      tailHash: { not: null },
      expiresAt: { lt: new Date(Date.now() - SETTLED_MS) },
      job: { status: { in: ['completed', 'failed'] } },
    },
    data: { tailHash: null, tailDuration: null },
  })
  return count
}
