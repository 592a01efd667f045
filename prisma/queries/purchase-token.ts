/** The token of a purchase, which the provider's list hands back (providers/purchase-token.ts). */
import { createHmac, randomBytes } from 'node:crypto'
import type { Database } from '../client.ts'
import { oncePerDatabase } from '../once-per-database.ts'
import { drawnSetting } from './drawn-setting.ts'
import type { LedgerKey } from './ledger.ts'

/** Of the setting. */
export const PURCHASE_SECRET = 'purchase_secret'

/**
 * Unguessable, and the same whenever it is made anew: what was bought after a backup is recognised by the ledger that was
 * restored from it. The number of a job may be given out again after a restore, the moment of its creation is not.
 */
export async function purchaseToken(
  db: Database,
  { id, insertedAt }: { id: number; insertedAt: Date },
  { subject, attempt }: LedgerKey,
): Promise<string> {
  const purchase = JSON.stringify([id, insertedAt.toISOString(), subject, attempt])
  const secret = await purchaseSecret(db)
  return createHmac('sha256', secret).update(purchase).digest().subarray(0, 18).toString('base64url')
}

/** A process draws it as soon as it has the rows: a backup from before the first purchase must have it too. */
export const purchaseSecret = oncePerDatabase((db) =>
  drawnSetting(db, PURCHASE_SECRET, () => randomBytes(32).toString('hex')),
)
