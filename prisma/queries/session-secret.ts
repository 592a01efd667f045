/** What signs session cookies: drawn once and kept with the rows, so that every server of an installation takes them. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../client.ts'
import { drawnSetting } from './drawn-setting.ts'

const known = new WeakMap<Database, Promise<string>>()

export function sessionSecret(db: Database): Promise<string> {
  let secret = known.get(db)
  if (!secret) {
    secret = drawnSetting(db, 'session_secret', () => randomBytes(32).toString('hex'))
    secret.catch(() => known.delete(db))
    known.set(db, secret)
  }
  return secret
}
