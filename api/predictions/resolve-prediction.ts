import { createRoute, z } from '@hono/zod-openapi'
import { RESOLUTIONS } from '../../domain/prediction.ts'
import { getJob, type Prediction } from '../../prisma/queries/jobs.ts'
import { resolvePrediction as decide } from '../../prisma/queries/resolutions.ts'
import { listRestores } from '../../prisma/queries/restores.ts'
import type { Revision } from '../../prisma/queries/revisions.ts'
import { ProviderError } from '../../providers/ports.ts'
import { carriesToken, isMarked } from '../../providers/purchase-token.ts'
import { deciderName } from '../auth/principal.ts'
import { overrideField, withinBudgets } from '../budgets/within-budgets.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'
import { body, jsonBody, text, uuidParam } from '../fields.ts'
import { answerToKeep } from '../idempotency/current-request.ts'
import { RevisionJson, revisionJson } from '../jobs/revision-json.ts'
import { tellRevision } from '../jobs/tell-workflow.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { PredictionJson, predictionJson } from './prediction-json.ts'
import { priceOfGoingOn } from './price-of-going-on.ts'

const Wish = body(
  {
    resolution: z.enum(RESOLUTIONS, { error: `must be one of ${RESOLUTIONS.join(', ')}` }),
    provider_id: z.string({ error: 'must be a string' }).trim().max(200).nullish().openapi({
      description: "The prediction's id at the provider; for `adopt`",
    }),
    by: text,
    override: overrideField,
  },
  { action: 'resolution' },
).openapi('Resolution', { example: { resolution: 'pay_again', by: 'Olga' } })

const Answer = z
  .object({
    prediction: PredictionJson,
    revision: RevisionJson.nullable(),
  })
  .openapi('Resolved')

const route = createRoute({
  method: 'post',
  path: '/predictions/{id}/resolve',
  tags: ['Predictions'],
  summary: 'Decide about a prediction of which nobody knows whether it was bought',
  description:
    '`adopt`: it was, as provider_id; the job goes on with it. `pay_again`: it was not, or is lost; it is bought anew. ' +
    'Either way the revision that is answered finishes what it was for: the film, a regeneration, or the music. ' +
    '`abandon`: nothing more is bought, and the job stays as it is. Where nothing would take what it made, because the job ' +
    'has ended or it was made anew since, only `abandon` is taken; what still runs is decided about once it has ended.',
  request: { params: z.object({ id: uuidParam('Prediction') }), body: jsonBody(Wish) },
  responses: {
    200: json(Answer, 'It is decided'),
    ...plainRefusals({
      404: 'Prediction not found',
      422: [
        'Its outcome is known, nothing would go on with it, a field is wrong, the provider has no such prediction, or a budget has too little left',
        { error: 'Prediction cannot be resolved', reason: 'Its outcome is known: succeeded' },
      ],
    }),
  },
})

export function resolvePrediction(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { id } = c.req.valid('param')
    const { resolution, provider_id, by: claimed, override } = c.req.valid('json')
    const prediction = found(await deps.db.prediction.findUnique({ where: { id } }), 'Prediction')
    const providerId = resolution === 'adopt' ? provider_id || null : null
    if (resolution === 'adopt') {
      if (!providerId) throw invalid({ provider_id: ["is required: the prediction's id at the provider"] })
      if (prediction.state === 'unknown') await assertAdoptable(deps, providerId, prediction)
    }
    const by = deciderName(c, claimed)
    const job = await getJob(deps.db, prediction.jobId)
    const refusal = 'Prediction cannot be resolved'
    const resolved = await withinBudgets(c, deps, { job, by, override, refusal }, (spender) => {
      const spending = { ...spender, price: priceOfGoingOn(prediction, resolution) }
      const keepAnswer = answerToKeep(200, answerOf)
      return decide(deps.db, id, { resolution, providerId, by, spending, keepAnswer })
    })
    if (resolved.outcome === 'refused') {
      throw new ApiError(422, 'Prediction cannot be resolved', { extra: { reason: resolved.reason } })
    }
    if (resolved.revision) await tellRevision(deps, resolved.revision)
    return c.json(answerOf(resolved), 200)
  })
}

function answerOf({ prediction, revision }: { prediction: Prediction; revision: Revision | null }) {
  return { prediction: predictionJson(prediction), revision: revision && revisionJson(revision) }
}

const invalid = (details: Record<string, string[]>) => new ApiError(422, 'Validation failed', { details })

/** While the provider remembers inputs, they tell whose a prediction is; afterwards the operator's word has to do. */
async function assertAdoptable(
  { db, provider }: ApiDeps,
  providerId: string,
  { token, marker }: { token: string; marker: string | null },
): Promise<void> {
  const theirs = await provider.get(providerId).catch((error: unknown) => {
    if (!(error instanceof ProviderError)) throw error
    throw invalid({ provider_id: [`can't be looked up at the provider: ${error.message}`] })
  })
  const ours = carriesToken(theirs.input, token) || (marker !== null && carriesToken(theirs.input, marker))
  const remembered = Object.keys(theirs.input ?? {}).length > 0
  // What was bought after a backup may carry a token that no row has: an uploaded picture's URL, or one of another secret.
  const couldBeOurs = (await listRestores(db)).some(({ tokensAreLost }) => tokensAreLost || !isMarked(theirs.input))
  if (remembered && !ours && !couldBeOurs)
    throw invalid({ provider_id: ["names another purchase: its input does not carry this one's token"] })
}
