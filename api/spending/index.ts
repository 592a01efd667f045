/** Spending: what was spent, and the pause that stops every purchase. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { getSpending } from './get-spending.ts'
import { pauseSpending } from './pause-spending.ts'
import { resumeSpending } from './resume-spending.ts'

export function spendingRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  for (const mount of [getSpending, pauseSpending, resumeSpending]) mount(router, deps)
  return router
}
