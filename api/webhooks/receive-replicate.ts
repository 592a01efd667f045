import { createRoute, z } from '@hono/zod-openapi'
import { isSettled } from '../../domain/prediction.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { webhookJudge } from './judge-webhook.ts'

const route = createRoute({
  method: 'post',
  path: '/api/webhooks/replicate',
  tags: ['Webhooks'],
  summary: "Replicate tells that a prediction changed; signed, or with the prediction's token in the URL",
  security: [],
  request: { query: z.object({ token: z.string().optional() }) },
  responses: {
    200: json(z.object({ status: z.literal('ok') }), 'Heard'),
    ...plainRefusals({
      401: ['Not genuine; nothing was changed', { error: 'The webhook is not genuine: it has no known token' }],
      413: 'It is larger than what is taken',
    }),
  },
})

/**
 * A webhook is only a hint: what it says is not believed, but the prediction is looked at now. It may come twice, out
 * of order, or before we know the prediction's id, which is why our own token names it.
 */
export function receiveReplicate(deps: ApiDeps) {
  const judge = webhookJudge(deps)
  return endpoint(route, async (c) => {
    const { db, workflows, log } = deps
    const { token } = c.req.valid('query')
    const prediction = token ? await db.prediction.findUnique({ where: { token } }) : null
    const verdict = await judge({ headers: c.req.raw.headers, rawBody: new Uint8Array(await c.req.arrayBuffer()) })
    if (verdict?.ok === false) throw new ApiError(401, `The webhook is not genuine: ${verdict.reason}`)
    if (!verdict && !prediction) throw new ApiError(401, 'The webhook is not genuine: it has no known token')
    // One whose id we don't know yet is looked at anyway, as soon as we do.
    if (prediction?.providerId && !isSettled(prediction.state)) {
      await workflows.predictionChanged(prediction.jobId, prediction.id).catch((error: unknown) => {
        log.warn({ err: error, jobId: prediction.jobId }, 'a hint could not be passed on; polling will notice')
      })
    }
    return c.json({ status: 'ok' as const }, 200)
  })
}
