/** A prediction of the ledger as operators see it. */
import { z } from '@hono/zod-openapi'
import { PREDICTION_STATES, RESOLUTIONS } from '../../domain/prediction.ts'
import type { Prediction } from '../../prisma/queries/jobs.ts'
import { EXAMPLES, jobId } from '../ids.ts'
import { timestamp } from '../responses.ts'
import { usd } from '../usd.ts'

export const PREDICTION = '7d0e5b1a-52c4-4a0e-9c3b-6e1f0a2d8b51'

export const PredictionJson = z
  .object({
    id: z.uuid().openapi({ example: PREDICTION }),
    job_id: jobId,
    scene_id: z
      .uuid()
      .nullable()
      .openapi({ description: 'Null for a piece of music and for a voice-over', example: EXAMPLES.scene }),
    subject: z.string().openapi({
      description: '"scene:<scene id>", "music:<position>" or "voice:<position>"',
      example: `scene:${EXAMPLES.scene}`,
    }),
    attempt: z.int().openapi({ example: 1 }),
    reason: z.string().openapi({
      description: 'Why this attempt was bought: "first", or why it is paid for again',
      example: 'first',
    }),
    model: z.string().openapi({ example: 'veo3' }),
    seconds: z.number().openapi({ description: 'Seconds of output', example: 4 }),
    price: z.number().openapi({ description: 'USD', example: 1.6 }),
    state: z.enum(PREDICTION_STATES).openapi({ example: 'unknown' }),
    provider_id: z.string().nullable().openapi({ example: null }),
    token: z.string().openapi({
      description: "Stands in the prediction's input at the provider: look for it there",
      example: 'pZ1n5Qx7rJc2mV8tLw0aKd3g',
    }),
    error: z.string().nullable().openapi({ example: 'Whether this prediction was bought is not known' }),
    resolution: z.enum(RESOLUTIONS).nullable().openapi({ example: null }),
    resolved_by: z.string().nullable().openapi({ example: null }),
    posted_at: timestamp.nullable(),
    inserted_at: timestamp,
    finished_at: timestamp.nullable(),
  })
  .openapi('Prediction')

export function predictionJson(prediction: Prediction): z.infer<typeof PredictionJson> {
  const { id, subject, attempt, reason, model, seconds, token, error } = prediction
  return {
    ...{ id, subject, attempt, reason, model, seconds, token, error },
    job_id: prediction.jobId,
    scene_id: prediction.sceneId,
    price: usd(prediction.priceMicroUsd),
    state: prediction.state as z.infer<typeof PredictionJson>['state'],
    provider_id: prediction.providerId,
    resolution: prediction.resolution as z.infer<typeof PredictionJson>['resolution'],
    resolved_by: prediction.resolvedBy,
    posted_at: prediction.postedAt?.toISOString() ?? null,
    inserted_at: prediction.insertedAt.toISOString(),
    finished_at: prediction.finishedAt?.toISOString() ?? null,
  }
}
