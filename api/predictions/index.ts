/** The ledger for operators: what was bought, and what nobody knows of. */
import type { ApiDeps } from '../deps.ts'
import { listPredictions } from './list-predictions.ts'
import { resolvePrediction } from './resolve-prediction.ts'

export function predictionRoutes(deps: ApiDeps) {
  return [listPredictions(deps), resolvePrediction(deps)] as const
}
