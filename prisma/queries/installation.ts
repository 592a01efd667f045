/** The installation's id: drawn once and kept with the rows, so that workflow ids never meet another database's. */
import { randomUUID } from 'node:crypto'
import { oncePerDatabase } from '../once-per-database.ts'
import { drawnSetting } from './drawn-setting.ts'

export const installationId = oncePerDatabase((db) =>
  drawnSetting(db, 'installation_id', () => randomUUID().slice(0, 8)),
)
