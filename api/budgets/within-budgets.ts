/** What every route does that decides about money: ask the budgets, or say which of them has too little left. */
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type BudgetScope, isOfOneClient, overBudgetReason } from '../../domain/budget.ts'
import { OverBudget, type Spender } from '../../prisma/queries/budgets.ts'
import type { Job } from '../../prisma/queries/jobs.ts'
import { asServer } from '../auth/caller-scope.ts'
import { requireRole } from '../auth/principal.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { boolean } from '../fields.ts'
import type { ApiEnv } from '../router.ts'
import { budgetJson } from './budget-json.ts'

/** In the bodies of these routes. */
export const overrideField = boolean(z.boolean({ error: 'must be true or false' }).default(false)).openapi({
  type: 'boolean',
  description: 'Goes over budgets that have too little left; takes the key of an operator, and is recorded',
})

/** For the OpenAPI document: what the refusal says beside `error`, `job_id` and `current_status`. */
export const OVER_BUDGET = {
  reason:
    "It would cost $3.20, which is more than the campaign's budget has left: of $10.00, $7.20 is spent and $1.60 is approved and not spent yet",
  budget: { scope: 'campaign', limit: 10, spent: 7.2, committed: 1.6, this_job: 3.2, currency: 'USD' },
}

interface Asked {
  job: Job
  by: string | null
  /** What the body says. */
  override: boolean | undefined
  /** What is said when it is refused. */
  refusal: string
}

/**
 * @param spend decides; it has every client's rows, because a budget may be about all of them
 * @throws ApiError 422 with the figures when a budget has too little left, 403 when it is not the caller's to go over it
 */
export async function withinBudgets<T>(
  c: Context<ApiEnv>,
  { config, log }: Pick<ApiDeps, 'config' | 'log'>,
  { job, by, override = false, refusal }: Asked,
  spend: (spender: Spender) => Promise<T>,
): Promise<T> {
  if (override) requireRole(c, 'operator', 'Going over a budget')
  const { clientId } = c.get('principal')
  const isTheirs = (scope: BudgetScope) => clientId === null || isOfOneClient(scope)
  const overrides = (scope: BudgetScope) => override && isTheirs(scope)
  try {
    return await asServer(() => spend({ limits: config.budgets, overrides, by }))
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error
    const { exceeded } = error
    log.warn({ jobId: job.id, by, exceeded }, 'refused, for a budget has too little left')
    const [first] = exceeded.toSorted((a, b) => Number(overrides(a.scope)) - Number(overrides(b.scope)))
    throw new ApiError(422, refusal, {
      extra: {
        ...{ job_id: job.id, current_status: job.status, reason: overBudgetReason(exceeded, isTheirs) },
        ...(first && { budget: budgetJson(first, isTheirs(first.scope)) }),
      },
    })
  }
}
