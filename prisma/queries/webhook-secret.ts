/** The secrets that outgoing webhooks are signed with. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../client.ts'
import { drawnSetting } from './drawn-setting.ts'

/**
 * @param configured those of WEBHOOK_SIGNING_SECRET: several while one takes another's place
 * @returns these, or the one drawn once for this database: `whsec_` and 32 bytes in base64, as Standard Webhooks has it
 */
export async function webhookSecrets(db: Database, configured: string[]): Promise<string[]> {
  if (configured.length > 0) return configured
  return [await drawnSetting(db, 'webhook_signing_secret', () => `whsec_${randomBytes(32).toString('base64')}`)]
}
