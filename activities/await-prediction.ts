/** Looks at a prediction once; while it runs, the server keeps the timer until the next look. */

import { ApplicationFailure } from '@temporalio/common'
import type { PredictionFailure } from '../domain/prediction.ts'
import type { Prediction } from '../prisma/queries/jobs.ts'
import { settlePrediction } from '../prisma/queries/ledger.ts'
import { changeScene } from '../prisma/queries/progress.ts'
import { classifyPredictionError } from '../providers/failures.ts'
import type { ProviderPrediction } from '../providers/ports.ts'
import { FAILURES, type PredictionRef } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { tryAgainIn } from './failures.ts'
import { canceled } from './heartbeat.ts'

export const awaitPrediction =
  (deps: ActivityDeps) =>
  async ({ predictionId }: PredictionRef): Promise<void> => {
    const { db, provider, config } = deps
    const known = await db.prediction.findUniqueOrThrow({ where: { id: predictionId } })
    if (known.state === 'submitted' && known.providerId) {
      const seen = await provider.get(known.providerId, { signal: canceled() })
      if (seen.status === 'running') {
        throw tryAgainIn(config.predictions.pollSeconds, FAILURES.stillRunning, 'The prediction is still running.')
      }
      if (seen.status === 'succeeded') {
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

function endedBadly({ status, error }: ProviderPrediction): { failure: PredictionFailure; error: string } {
  if (status === 'canceled')
    return { failure: 'other', error: 'The prediction was canceled at the provider. Retry it.' }
  const { type, sentence } = classifyPredictionError(error)
  return { failure: type, error: sentence }
}

async function showEnded({ db }: ActivityDeps, { sceneId }: Prediction): Promise<void> {
  if (!sceneId) return
  const scene = await db.scene.findUniqueOrThrow({ where: { id: sceneId }, select: { state: true } })
  if (scene.state !== 'completed') await changeScene(db, sceneId, 'downloading')
}
