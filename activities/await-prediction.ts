/** Looks at a prediction once; while it runs, the server keeps the timer until the next look. */

import { ApplicationFailure } from '@temporalio/common'
import type { PredictionFailure } from '../domain/prediction.ts'
import type { Prediction } from '../prisma/queries/jobs.ts'
import { getPrediction, settlePrediction } from '../prisma/queries/ledger.ts'
import { revisionInWork } from '../prisma/queries/scene-revisions.ts'
import { showScene } from '../prisma/queries/show-scene.ts'
import { inTransaction, statements } from '../prisma/statements.ts'
import { classifyPredictionError } from '../providers/failures.ts'
import { ProviderError, type ProviderPrediction } from '../providers/ports.ts'
import { FAILURES, type PredictionRef } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { tryAgainIn, tryOnceMended } from './failures.ts'
import { canceled } from './heartbeat.ts'

export const awaitPrediction =
  (deps: ActivityDeps) =>
  async ({ predictionId }: PredictionRef): Promise<void> => {
    const known = await getPrediction(statements(deps.db), predictionId)
    const ending =
      known.state === 'submitted' && known.providerId ? await endingOf(deps, known, known.providerId) : null
    const settled = await settle(deps, known, ending)
    if (settled.state !== 'succeeded') {
      throw ApplicationFailure.nonRetryable(
        settled.error ?? `The prediction ended as ${settled.state}.`,
        FAILURES.predictionFailed,
      )
    }
  }

interface Ending {
  state: 'succeeded' | 'failed' | 'canceled'
  outputUrl?: string | null
  failure?: PredictionFailure
  error?: string
}

/** @throws ApplicationFailure to be tried again while it runs */
async function endingOf(deps: ActivityDeps, { id }: Prediction, providerId: string): Promise<Ending> {
  const { provider, config } = deps
  const { timeoutSeconds, pollSeconds } = config.predictions
  const seen = await lookAt(deps, providerId)
  if (seen.status === 'succeeded') return { state: 'succeeded', outputUrl: seen.outputUrl }
  if (seen.status !== 'running') return { state: seen.status, ...endedBadly(seen) }
  if (!isHung(seen, timeoutSeconds)) {
    // By the detail a webhook finds the look that it is to wake (temporal/wake-look.ts).
    throw tryAgainIn(pollSeconds, FAILURES.stillRunning, 'The prediction is still running.', [id])
  }
  await provider.cancel(providerId, { signal: canceled() })
  // Not as failed: what had begun to run is billed.
  return { state: 'canceled', ...hung(timeoutSeconds) }
}

/** @returns how it ended: who said so first has the say */
async function settle(
  { db }: ActivityDeps,
  known: Prediction,
  ending: Ending | null,
): Promise<Pick<Prediction, 'state' | 'error'>> {
  const { id, jobId, sceneId, attempt } = known
  const revised = sceneId ? await revisionInWork(db, sceneId, attempt) : null
  return inTransaction(db, jobId, async (tx) => {
    let settled: Pick<Prediction, 'state' | 'error'> = known
    if (ending) {
      const { state, ...details } = ending
      const isNews = await settlePrediction(tx, id, state, details)
      settled = isNews ? { error: null, ...ending } : await getPrediction(tx, id)
    }
    if (sceneId && settled.state === 'succeeded') {
      await showScene(tx, { id: sceneId, jobId }, revised, 'downloading')
    }
    return settled
  })
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
