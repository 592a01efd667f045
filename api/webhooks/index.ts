/** Webhooks that providers send us. */
import type { ApiDeps } from '../deps.ts'
import { receiveReplicate } from './receive-replicate.ts'

export function webhookRoutes(deps: ApiDeps) {
  return [receiveReplicate(deps)] as const
}
