/** A budget as people set it: USD, to the cent. */
import { z } from '@hono/zod-openapi'
import { clearable, numeric } from '../fields.ts'
import { usd } from '../usd.ts'

const MOST_USD = 10_000_000

/** Null for no limit. */
export const budgetField = clearable(
  numeric(
    z
      .number({ error: 'must be a number of US dollars' })
      .min(0, { error: 'must not be negative' })
      .max(MOST_USD, { error: `must not be more than ${MOST_USD}` })
      .refine((amount) => Math.abs(amount * 100 - Math.round(amount * 100)) < 1e-6, { error: 'must be whole cents' })
      .optional(),
  ),
)

/** Of a client or a campaign. */
export const ownersBudgetField = budgetField.openapi({
  description: 'USD that its jobs may cost in all; null for no limit. Once it exists, an operator changes it',
})

/** As the column has it; what is undefined stays as it is. */
export function budgetCents(amount: number | null | undefined): number | null | undefined {
  return typeof amount === 'number' ? Math.round(amount * 100) : amount
}

export const budgetUsd = (cents: number | null) => (cents === null ? null : usd(cents * 10_000))
