/** Models: what can be bought, and for how much. */
import type { ApiDeps } from '../deps.ts'
import { listModels } from './list-models.ts'

export function modelRoutes(deps: ApiDeps) {
  return [listModels(deps)] as const
}
