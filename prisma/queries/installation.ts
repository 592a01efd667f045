/** The installation's id: drawn once and kept with the rows, so that workflow ids never meet another database's. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../client.ts'
import { drawnSetting } from './drawn-setting.ts'

const known = new WeakMap<Database, Promise<string>>()

export function installationId(db: Database): Promise<string> {
  let id = known.get(db)
  if (!id) {
    id = drawnSetting(db, 'installation_id', () => randomUUID().slice(0, 8))
    id.catch(() => known.delete(db))
    known.set(db, id)
  }
  return id
}
