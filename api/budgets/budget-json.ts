/** A budget that does not suffice, as the API shows it. */
import { z } from '@hono/zod-openapi'
import { BUDGET_SCOPES, type BudgetFigures, type BudgetOverride, isOfOneClient } from '../../domain/budget.ts'
import { timestamp } from '../responses.ts'
import { usd } from '../usd.ts'

const figure = (description: string, example: number) => z.number().nullable().openapi({ description, example })

export const BudgetJson = z
  .object({
    scope: z.enum(BUDGET_SCOPES).openapi({
      description: 'Whose budget: of the job, its campaign, its client, or of the day (UTC) for all clients',
      example: 'campaign',
    }),
    limit: figure('USD; null where it is not told to whom sees one client alone', 10),
    spent: figure('USD that was bought', 7.2),
    committed: figure('USD that is approved, and not bought yet', 1.6),
    this_job: z.number().openapi({ description: 'USD that is asked for', example: 3.2 }),
    currency: z.literal('USD'),
  })
  .openapi('Budget')

export const BudgetOverrideJson = z
  .object({
    by: z.string().nullable().openapi({ example: 'Ola' }),
    at: timestamp,
    budgets: z.array(BudgetJson).openapi({ description: 'Those that were exceeded, as they stood then' }),
  })
  .openapi('BudgetOverride')

/** @param isShown leaves the figures of what others see to be seen by them */
export function budgetJson(figures: BudgetFigures, isShown: boolean): z.infer<typeof BudgetJson> {
  const { scope, limitMicroUsd, spentMicroUsd, committedMicroUsd, askedMicroUsd } = figures
  const shown = (microUsd: number) => (isShown ? usd(microUsd) : null)
  return {
    scope,
    ...{ limit: shown(limitMicroUsd), spent: shown(spentMicroUsd), committed: shown(committedMicroUsd) },
    ...{ this_job: usd(askedMicroUsd), currency: 'USD' },
  }
}

/** Whoever sees the job may see this, and need not be one who sees what all clients spend. */
export function budgetOverrideJson(column: unknown): z.infer<typeof BudgetOverrideJson> | null {
  if (column === null) return null
  const { by, at, budgets } = column as BudgetOverride
  return { by, at, budgets: budgets.map((figures) => budgetJson(figures, isOfOneClient(figures.scope))) }
}
