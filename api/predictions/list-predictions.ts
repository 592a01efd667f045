import { createRoute, z } from '@hono/zod-openapi'
import { PREDICTION_STATES } from '../../domain/prediction.ts'
import { listPredictions as readPredictions } from '../../prisma/queries/ledger.ts'
import type { ApiDeps } from '../deps.ts'
import { blankless, numeric, paging } from '../fields.ts'
import { json, plainRefusals, shownLimit, shownOffset, total } from '../responses.ts'
import { endpoint } from '../router.ts'
import { PredictionJson, predictionJson } from './prediction-json.ts'

const state = blankless(
  z.enum(PREDICTION_STATES, { error: `must be one of ${PREDICTION_STATES.join(', ')}` }).optional(),
)
const jobId = numeric(z.number({ error: 'must be a number' }).int().positive().max(0x7fffffff).optional())

const route = createRoute({
  method: 'get',
  path: '/predictions',
  tags: ['Predictions'],
  summary: 'The ledger: what was bought, newest first; `state=unknown` is what an operator has to decide about',
  request: { query: z.object({ state, job_id: jobId, ...paging }) },
  responses: {
    200: json(
      z.object({
        data: z.array(PredictionJson),
        meta: z.object({ total, limit: shownLimit, offset: shownOffset }),
      }),
      'The predictions',
    ),
    ...plainRefusals({ 400: ['A filter is wrong', { error: `state must be one of ${PREDICTION_STATES.join(', ')}` }] }),
  },
})

export function listPredictions({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { state, job_id, limit, offset } = c.req.valid('query')
    const { predictions, total: count } = await readPredictions(db, { state, jobId: job_id }, { limit, offset })
    return c.json({ data: predictions.map(predictionJson), meta: { total: count, limit, offset } }, 200)
  })
}
