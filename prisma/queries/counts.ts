/** How many there are, for the metrics. */
import type { Database } from '../client.ts'
import { BILLED_STATES } from './spending.ts'

export async function countJobs(db: Database): Promise<{ status: string; count: number }[]> {
  const rows = await db.job.groupBy({ by: ['status'], where: { deletedAt: null }, _count: { _all: true } })
  return rows.map(({ status, _count }) => ({ status, count: _count._all }))
}

export async function countDeliveries(db: Database): Promise<{ state: string; count: number }[]> {
  const rows = await db.webhookDelivery.groupBy({ by: ['state'], _count: { _all: true } })
  return rows.map(({ state, _count }) => ({ state, count: _count._all }))
}

export interface LedgerCounts {
  predictions: { state: string; model: string; count: number }[]
  /** As the provider bills them, as far as we know; models of which nothing is billed are left out. */
  spent: { model: string; microUsd: number }[]
}

/** All of it by one way through an index; only what was canceled has to be looked at, to see whether it is billed. */
export async function countLedger(db: Database): Promise<LedgerCounts> {
  const [rows, canceled] = await Promise.all([
    db.prediction.groupBy({ by: ['state', 'model'], _count: { _all: true }, _sum: { priceMicroUsd: true } }),
    db.prediction.groupBy({
      by: ['model'],
      where: { state: 'canceled', providerId: { not: null } },
      _sum: { priceMicroUsd: true },
    }),
  ])
  const spent = new Map<string, number>()
  for (const { model, _sum } of [...rows.filter(({ state }) => BILLED_STATES.has(state)), ...canceled]) {
    spent.set(model, (spent.get(model) ?? 0) + (_sum.priceMicroUsd ?? 0))
  }
  return {
    predictions: rows.map(({ state, model, _count }) => ({ state, model, count: _count._all })),
    spent: [...spent].map(([model, microUsd]) => ({ model, microUsd })),
  }
}
