import { musicSubject, sceneSubject } from '../domain/prediction.ts'
import type { LedgerKey } from '../prisma/queries/ledger.ts'
import type { Purchase } from '../workflows/contract.ts'

/** How the ledger calls a purchase. */
export function keyOf(purchase: Purchase): LedgerKey {
  const subject = purchase.kind === 'scene' ? sceneSubject(purchase.sceneId) : musicSubject(purchase.position)
  return { jobId: purchase.jobId, subject, attempt: purchase.attempt }
}
