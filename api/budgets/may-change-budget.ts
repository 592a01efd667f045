import type { Context } from 'hono'
import { requireRole } from '../auth/principal.ts'
import type { ApiEnv } from '../router.ts'

interface Budgeted {
  budgetCents?: number | null
}

/**
 * Whoever may go over a budget may set another one, and nobody else: a creator's key would else open what it closes.
 * @throws ApiError 403 when a budget is to become another one, and the caller is no operator
 */
export function mayChangeBudget(c: Context<ApiEnv>, before: Budgeted, changes: Budgeted): void {
  const isAnother = changes.budgetCents !== undefined && changes.budgetCents !== before.budgetCents
  if (isAnother) requireRole(c, 'operator', 'Changing a budget')
}
