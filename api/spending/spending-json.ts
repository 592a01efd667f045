/** What was spent, and whether more may be. */
import { z } from '@hono/zod-openapi'
import type { Database } from '../../prisma/client.ts'
import { findSpendingPause, spentMicroUsd } from '../../prisma/queries/spending.ts'
import { usd } from '../jobs/job-json.ts'
import { timestamp } from '../responses.ts'

export const SpendingJson = z
  .object({
    paused: z.boolean().openapi({ example: true }),
    by: z.string().nullable().openapi({ description: 'Who paused it', example: 'Ola' }),
    since: timestamp.nullable(),
    reason: z.string().nullable().openapi({ example: 'The bill is being checked' }),
    spent_today: z.number().openapi({ description: 'USD since midnight UTC', example: 12.8 }),
    spent_total: z.number().openapi({ description: 'USD', example: 410.55 }),
    currency: z.literal('USD'),
  })
  .openapi('Spending')

export async function spendingJson(db: Database): Promise<z.infer<typeof SpendingJson>> {
  const midnight = new Date()
  midnight.setUTCHours(0, 0, 0, 0)
  const [pause, today, total] = await Promise.all([
    findSpendingPause(db),
    spentMicroUsd(db, { postedAt: { gte: midnight } }),
    spentMicroUsd(db, {}),
  ])
  return {
    paused: pause !== null,
    by: pause?.by ?? null,
    since: pause?.since ?? null,
    reason: pause?.reason ?? null,
    spent_today: usd(today),
    spent_total: usd(total),
    currency: 'USD',
  }
}
