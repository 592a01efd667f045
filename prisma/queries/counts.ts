/** How many there are, for the metrics. */
import type { Database } from '../client.ts'

export async function countJobs(db: Database): Promise<{ status: string; count: number }[]> {
  const rows = await db.job.groupBy({ by: ['status'], where: { deletedAt: null }, _count: { _all: true } })
  return rows.map(({ status, _count }) => ({ status, count: _count._all }))
}

export async function countDeliveries(db: Database): Promise<{ state: string; count: number }[]> {
  const rows = await db.webhookDelivery.groupBy({ by: ['state'], _count: { _all: true } })
  return rows.map(({ state, _count }) => ({ state, count: _count._all }))
}

export async function countPredictions(db: Database): Promise<{ state: string; model: string; count: number }[]> {
  const rows = await db.prediction.groupBy({ by: ['state', 'model'], _count: { _all: true } })
  return rows.map(({ state, model, _count }) => ({ state, model, count: _count._all }))
}
