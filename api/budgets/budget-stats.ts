/** What the figures of a client or a campaign tell of its budget. */
import { z } from '@hono/zod-openapi'
import type { Database } from '../../prisma/client.ts'
import { usageOf } from '../../prisma/queries/budgets.ts'
import { asServer } from '../auth/caller-scope.ts'
import { usd } from '../usd.ts'
import { budgetUsd } from './budget-field.ts'

export const budgetStatsFields = {
  totalCommitted: z.number().openapi({ description: 'USD that is approved, and not spent yet', example: 3.2 }),
  budget: z.number().nullable().openapi({ description: 'USD in all; null for no limit', example: 120 }),
}

/** It has every client's rows, because a budget may be about all of them. */
export async function budgetStats(
  db: Database,
  scope: 'client' | 'campaign',
  { id, budgetCents }: { id: string; budgetCents: number | null },
) {
  const { committedMicroUsd } = await asServer(() =>
    usageOf(db, scope, scope === 'client' ? { clientId: id } : { campaignId: id }),
  )
  return { totalCommitted: usd(committedMicroUsd), budget: budgetUsd(budgetCents) }
}
