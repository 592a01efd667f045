/** Webhooks that providers send us. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { receiveReplicate } from './receive-replicate.ts'

export function webhookRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  receiveReplicate(router, deps)
  return router
}
