/** Spending: what was spent, and the pause that stops every purchase. */
import type { ApiDeps } from '../deps.ts'
import { getSpending } from './get-spending.ts'
import { pauseSpending } from './pause-spending.ts'
import { resumeSpending } from './resume-spending.ts'

export function spendingRoutes(deps: ApiDeps) {
  return [getSpending(deps), pauseSpending(deps), resumeSpending(deps)] as const
}
