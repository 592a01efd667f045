import { musicSubject, sceneSubject, voiceSubject } from '../domain/prediction.ts'
import type { LedgerKey } from '../prisma/queries/ledger.ts'
import type { Purchase } from '../workflows/contract.ts'

/** How the ledger calls a purchase. */
export function keyOf(purchase: Purchase): LedgerKey {
  return { jobId: purchase.jobId, subject: subjectOf(purchase), attempt: purchase.attempt }
}

function subjectOf(purchase: Purchase): string {
  if (purchase.kind === 'scene') return sceneSubject(purchase.sceneId)
  return purchase.kind === 'voice' ? voiceSubject(purchase.position) : musicSubject(purchase.position)
}
