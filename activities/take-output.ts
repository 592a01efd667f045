/** Fetches what a prediction made; what can't be had is fetched again, and then given up for another attempt. */
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { PredictionFailure } from '../domain/prediction.ts'
import { MediaError } from '../media/index.ts'
import type { Prediction } from '../prisma/queries/jobs.ts'
import { recordLostOutput } from '../prisma/queries/ledger.ts'
import { ProviderError } from '../providers/ports.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { downloadOutput } from './download-output.ts'
import { tryAgainIn } from './failures.ts'
import { canceled } from './heartbeat.ts'

/** How often an output is fetched: a truncated download looks like a broken clip, and a server may err once. */
const FETCHES = 3
const FETCH_AGAIN_SECONDS = 2

interface Loss {
  failure: PredictionFailure
  error: string
}

/**
 * Downloads a prediction's output to `file` and lets `read` take it from there.
 * @param read throws a MediaError (unreadable) when the file is cut short or broken
 * @throws ApplicationFailure of type outputLost, with the loss in the ledger, when it can't be had; whatever else
 *   went wrong is worth another try
 */
export async function takeOutput<T>(
  deps: ActivityDeps,
  { id, outputUrl, jobId, subject }: Prediction,
  file: string,
  read: () => Promise<T>,
): Promise<T> {
  const { db, provider, log } = deps
  if (!outputUrl) throw await lost({ failure: 'expired', error: EXPIRED })
  try {
    await downloadOutput(provider, outputUrl, file, canceled())
    return await read()
  } catch (error) {
    const loss = lossOf(error)
    if (!loss) throw error
    if (Context.current().info.attempt >= FETCHES) throw await lost(loss)
    throw tryAgainIn(FETCH_AGAIN_SECONDS, FAILURES.mediaUnreadable, loss.error)
  }

  async function lost(loss: Loss): Promise<ApplicationFailure> {
    log.warn({ jobId, subject, reason: loss.error }, 'what a prediction made can not be had')
    await recordLostOutput(db, id, loss)
    return ApplicationFailure.nonRetryable(loss.error, FAILURES.outputLost)
  }
}

const EXPIRED =
  'The prediction succeeded but its output is gone: providers keep outputs for an hour. Retry the scene to render it again.'

function lossOf(error: unknown): Loss | null {
  if (error instanceof ProviderError && error.failure.type === 'ProviderNotFound') {
    return { failure: 'expired', error: error.message }
  }
  if (error instanceof MediaError && error.kind === 'unreadable') return { failure: 'unusable', error: error.message }
  return null
}
