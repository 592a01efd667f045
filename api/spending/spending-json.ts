/** What was spent, and whether more may be. */
import { z } from '@hono/zod-openapi'
import { usageOf } from '../../prisma/queries/budgets.ts'
import { findSpendingPause, spentMicroUsd } from '../../prisma/queries/spending.ts'
import type { ApiDeps } from '../deps.ts'
import { timestamp } from '../responses.ts'
import { usd } from '../usd.ts'

export const SpendingJson = z
  .object({
    paused: z.boolean().openapi({ example: true }),
    by: z.string().nullable().openapi({ description: 'Who paused it', example: 'Ola' }),
    since: timestamp.nullable(),
    reason: z.string().nullable().openapi({ example: 'The bill is being checked' }),
    spent_today: z.number().openapi({ description: 'USD since midnight UTC', example: 12.8 }),
    committed: z.number().openapi({ description: 'USD that is approved, and not spent yet', example: 3.2 }),
    daily_budget: z.number().nullable().openapi({
      description: 'USD from midnight to midnight UTC (DAILY_BUDGET_USD); null for no limit',
      example: 100,
    }),
    spent_total: z.number().openapi({ description: 'USD', example: 410.55 }),
    currency: z.literal('USD'),
  })
  .openapi('Spending')

export async function spendingJson({
  db,
  config,
}: Pick<ApiDeps, 'db' | 'config'>): Promise<z.infer<typeof SpendingJson>> {
  const { dayMicroUsd } = config.budgets
  const [pause, today, total] = await Promise.all([
    findSpendingPause(db),
    usageOf(db, 'day', {}),
    spentMicroUsd(db, {}),
  ])
  return {
    paused: pause !== null,
    by: pause?.by ?? null,
    since: pause?.since ?? null,
    reason: pause?.reason ?? null,
    spent_today: usd(today.spentMicroUsd),
    committed: usd(today.committedMicroUsd),
    daily_budget: dayMicroUsd === null ? null : usd(dayMicroUsd),
    spent_total: usd(total),
    currency: 'USD',
  }
}
