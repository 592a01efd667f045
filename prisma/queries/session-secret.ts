/** What signs session cookies: drawn once and kept with the rows, so that every server of an installation takes them. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../client.ts'
import { oncePerDatabase } from '../once-per-database.ts'
import { drawnSetting } from './drawn-setting.ts'

const KEY = 'session_secret'
/** As long as a revoked key still opens what it did (api/auth/keyring.ts). */
const KNOWN_FOR_MS = 2_000

export const sessionSecret = oncePerDatabase(
  (db) => drawnSetting(db, KEY, () => randomBytes(32).toString('hex')),
  KNOWN_FOR_MS,
)

/** Ends every session: the next one who needs the secret draws another, and no server takes a cookie of the old one for long. */
export async function dropSessionSecret(db: Database): Promise<void> {
  await db.setting.deleteMany({ where: { key: KEY } })
  sessionSecret.forget(db)
}
