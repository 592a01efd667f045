/** The secret that outgoing webhooks are signed with. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../client.ts'
import { drawnSetting } from './drawn-setting.ts'

/**
 * @param configured WEBHOOK_SIGNING_SECRET, when it is set
 * @returns it, or the one drawn once for this database: `whsec_` and 32 bytes in base64, as Standard Webhooks has it
 */
export async function webhookSecret(db: Database, configured: string | undefined): Promise<string> {
  return configured ?? drawnSetting(db, 'webhook_signing_secret', () => `whsec_${randomBytes(32).toString('base64')}`)
}
