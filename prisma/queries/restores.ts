/** When the rows were restored from a backup: what happened between the two is in no row. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../client.ts'
import { oncePerDatabase } from '../once-per-database.ts'
import { PURCHASE_SECRET } from './purchase-token.ts'

const KEY = 'restores'
const INSTALLATION = { key: 'installation_id' }

export interface Restore {
  /** The rows are as they were then. */
  asOf: Date
  /** When they were restored. What they describe had ended by then. */
  at: Date
  /** Whether the rows had no secret of tokens yet: those of what was bought since can't be made anew (purchase-token.ts). */
  tokensAreLost: boolean
}

/** All that there were, oldest first; read once, because nothing runs while rows are restored. */
export const listRestores = oncePerDatabase(read)

async function read(db: Pick<Database, 'setting'>): Promise<Restore[]> {
  const setting = await db.setting.findUnique({ where: { key: KEY } })
  const restores = JSON.parse(setting?.value ?? '[]') as { asOf: string; at: string; tokensAreLost?: boolean }[]
  return restores.map(({ asOf, at, tokensAreLost = false }) => ({
    asOf: new Date(asOf),
    at: new Date(at),
    tokensAreLost,
  }))
}

/**
 * Notes that these rows were restored, before anything works on them.
 * @param runsAreLost whether Temporal was not restored to the same moment or an earlier one. The installation then gets
 *   another id, so that it never meets runs which know more than its rows do, and its jobs new runs, by the sweep
 * @returns the installation's id, and the one that it had, null where it never ran; whether tokens are lost
 */
export async function recordRestore(
  db: Database,
  restore: Pick<Restore, 'asOf' | 'at'>,
  runsAreLost: boolean,
): Promise<{ installation: string | null; before: string | null; tokensAreLost: boolean }> {
  const recorded = await db.$transaction(async (tx) => {
    const tokensAreLost = !(await tx.setting.findUnique({ where: { key: PURCHASE_SECRET } }))
    const value = JSON.stringify([...(await read(tx)), { ...restore, tokensAreLost }])
    await tx.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value } })
    const before = (await tx.setting.findUnique({ where: INSTALLATION }))?.value ?? null
    if (!runsAreLost || before === null) return { installation: before, before, tokensAreLost }
    const installation = randomUUID().slice(0, 8)
    await tx.setting.update({ where: INSTALLATION, data: { value: installation } })
    // What was decided the sweep finds by itself: nothing moves there, and Temporal knows no run of it.
    await tx.job.updateMany({ where: { status: 'pending', decision: null }, data: { startedAt: null } })
    await tx.webhookDelivery.updateMany({ where: { state: 'pending' }, data: { startedAt: null } })
    return { installation, before, tokensAreLost }
  })
  listRestores.forget(db)
  return recorded
}
