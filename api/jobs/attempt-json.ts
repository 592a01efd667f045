/** An attempt at a scene, its voice-over or a piece of music as the API shows it: what was bought, why, and what it cost. */
import { z } from '@hono/zod-openapi'
import { PREDICTION_STATES } from '../../domain/prediction.ts'
import type { Prediction } from '../../prisma/queries/jobs.ts'
import { isBilled } from '../../prisma/queries/spending.ts'
import { timestamp } from '../responses.ts'
import { usd } from '../usd.ts'

export const AttemptJson = z
  .object({
    attempt: z.int().openapi({ example: 1 }),
    state: z.enum(PREDICTION_STATES).openapi({ example: 'succeeded' }),
    reason: z.string().openapi({
      description: 'Why it was bought: "first", or why it was paid for again',
      example: 'first',
    }),
    model: z.string().openapi({ example: 'veo3' }),
    cost: z.number().openapi({ description: 'USD, of what the provider bills', example: 1.6 }),
    provider_id: z.string().nullable().openapi({ example: 'rrr4z55ocneqzikepnug6xezpe' }),
    error: z.string().nullable().openapi({ example: null }),
    inserted_at: timestamp,
    finished_at: timestamp.nullable(),
  })
  .openapi('SceneAttempt')

export function attemptJson(prediction: Prediction): z.infer<typeof AttemptJson> {
  const { attempt, reason, model, error } = prediction
  return {
    ...{ attempt, reason, model, error },
    state: prediction.state as z.infer<typeof AttemptJson>['state'],
    cost: isBilled(prediction) ? usd(prediction.priceMicroUsd) : 0,
    provider_id: prediction.providerId,
    inserted_at: prediction.insertedAt.toISOString(),
    finished_at: prediction.finishedAt?.toISOString() ?? null,
  }
}
