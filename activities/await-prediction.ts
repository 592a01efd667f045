/** Looks at a prediction once; while it runs, the server keeps the timer until the next look. */

import { ApplicationFailure } from '@temporalio/common'
import type { PredictionFailure } from '../domain/prediction.ts'
import type { Prediction } from '../prisma/queries/jobs.ts'
import { settlePrediction } from '../prisma/queries/ledger.ts'
import { classifyPredictionError } from '../providers/failures.ts'
import { ProviderError, type ProviderPrediction } from '../providers/ports.ts'
import { FAILURES, type PredictionRef } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { tryAgainIn, tryOnceMended } from './failures.ts'
import { canceled } from './heartbeat.ts'
import { showScene } from './show-scene.ts'

export const awaitPrediction =
  (deps: ActivityDeps) =>
  async ({ predictionId }: PredictionRef): Promise<void> => {
    const { db, provider, config } = deps
    const known = await db.prediction.findUniqueOrThrow({ where: { id: predictionId } })
    if (known.state === 'submitted' && known.providerId) {
      const seen = await lookAt(deps, known.providerId)
      if (seen.status === 'running') {
        if (!isHung(seen, config.predictions.timeoutSeconds)) {
          // By the detail a webhook finds the look that it is to wake (temporal/wake-look.ts).
          const still = 'The prediction is still running.'
          throw tryAgainIn(config.predictions.pollSeconds, FAILURES.stillRunning, still, [predictionId])
        }
        await provider.cancel(known.providerId, { signal: canceled() })
        // Not as failed: what had begun to run is billed.
        await settlePrediction(db, predictionId, 'canceled', hung(config.predictions.timeoutSeconds))
      } else if (seen.status === 'succeeded') {
        await settlePrediction(db, predictionId, 'succeeded', { outputUrl: seen.outputUrl })
      } else await settlePrediction(db, predictionId, seen.status, endedBadly(seen))
    }
    const settled = await db.prediction.findUniqueOrThrow({ where: { id: predictionId } })
    if (settled.state !== 'succeeded') {
      throw ApplicationFailure.nonRetryable(
        settled.error ?? `The prediction ended as ${settled.state}.`,
        FAILURES.predictionFailed,
      )
    }
    await showEnded(deps, settled)
  }

/** What is paid for is not given up because a key or the credit has run out meanwhile: an operator mends that. */
async function lookAt({ provider, log }: ActivityDeps, providerId: string): Promise<ProviderPrediction> {
  try {
    return await provider.get(providerId, { signal: canceled() })
  } catch (error) {
    if (!(error instanceof ProviderError) || error.failure.type === 'ProviderNotFound') throw error
    log.warn({ err: error, providerId }, 'a running prediction could not be looked at')
    throw tryOnceMended(error.failure)
  }
}

/** By the provider's own clock, and only after a look: an installation may have been down for hours. */
function isHung({ createdAt }: ProviderPrediction, timeoutSeconds: number): boolean {
  return Date.now() - createdAt.getTime() > timeoutSeconds * 1000
}

function hung(timeoutSeconds: number): { failure: PredictionFailure; error: string } {
  return {
    failure: 'other',
    error: `The prediction had not ended after ${timeoutSeconds} s (PREDICTION_TIMEOUT) and was canceled at the provider. Retry it.`,
  }
}

function endedBadly({ status, error }: ProviderPrediction): { failure: PredictionFailure; error: string } {
  if (status === 'canceled')
    return { failure: 'other', error: 'The prediction was canceled at the provider. Retry it.' }
  const { type, sentence } = classifyPredictionError(error)
  return { failure: type, error: sentence }
}

async function showEnded({ db }: ActivityDeps, { sceneId, attempt }: Prediction): Promise<void> {
  if (sceneId) await showScene(db, sceneId, attempt, 'downloading')
}
