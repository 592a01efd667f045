/** What signs session cookies: drawn once and kept with the rows, so that every server of an installation takes them. */
import { randomBytes } from 'node:crypto'
import { oncePerDatabase } from '../once-per-database.ts'
import { drawnSetting } from './drawn-setting.ts'

export const sessionSecret = oncePerDatabase((db) =>
  drawnSetting(db, 'session_secret', () => randomBytes(32).toString('hex')),
)
