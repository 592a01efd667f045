/**
 * Buys one prediction, once. Creating a prediction is a POST without an idempotency key, so the intent is in the ledger
 * before the POST, and an intent whose outcome is unknown is looked for at the provider before anything is sent again.
 */
import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { isSettled } from '../domain/prediction.ts'
import { getJob, type JobWithScenes, type Prediction } from '../prisma/queries/jobs.ts'
import {
  claimPost,
  findPrediction,
  type LedgerKey,
  markRefused,
  markSubmitted,
  openIntent,
  pinRequest,
} from '../prisma/queries/ledger.ts'
import { advanceJob, reopenJob } from '../prisma/queries/progress.ts'
import { FAILURES, type PredictionRef, type Purchase } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { providerFailure, tryAgainIn } from './failures.ts'
import { planMusic } from './plan-music.ts'
import { planScene } from './plan-scene.ts'
import { keyOf } from './purchase-key.ts'
import { reconcileIntent } from './reconcile-intent.ts'
import { showScene } from './show-scene.ts'
import { waitWhilePaused } from './wait-while-paused.ts'

/** What will be sent. */
export interface PlannedPurchase {
  sceneId: string | null
  /** Which soundtrack it is for, where it is music. */
  soundtrack?: number
  model: string
  /** Seconds of output. */
  seconds: number
  priceMicroUsd: number
  /** Whose decision it was to pay again, where a person's. */
  decided?: string | null
  /** Builds the input; may upload or check pictures. */
  build(prediction: Prediction): Promise<{ model: string; input: Record<string, unknown>; marker: string }>
}

export const submitPrediction =
  (deps: ActivityDeps) =>
  async (purchase: Purchase): Promise<PredictionRef> => {
    const job = await getJob(deps.db, purchase.jobId)
    const key = keyOf(purchase)
    const known = await findPrediction(deps.db, key)
    const prediction = known?.providerId ? known : await buy(deps, job, purchase, key)
    await showSubmitted(deps, purchase)
    return { jobId: purchase.jobId, predictionId: prediction.id }
  }

async function buy(deps: ActivityDeps, job: JobWithScenes, purchase: Purchase, key: LedgerKey): Promise<Prediction> {
  const plan = await (purchase.kind === 'scene' ? planScene(deps, job, purchase) : planMusic(deps, job, purchase))
  const { build: _, ...draft } = plan
  const intent = await openIntent(deps.db, key, draft)
  if (intent.state !== 'refused' && isSettled(intent.state)) throw endedAlready(intent)
  if (intent.postedAt) {
    const outcome = await reconcileIntent(deps, intent)
    if (outcome === 'adopted') return intent
    if (outcome === 'unknown')
      throw endedAlready(await deps.db.prediction.findUniqueOrThrow({ where: { id: intent.id } }))
  }
  if (job.canceledAt) throw ApplicationFailure.nonRetryable('The job was canceled.', FAILURES.jobFailed)
  await waitWhilePaused(deps)
  if (job.stage === 'failed') await deps.db.$transaction((tx) => reopenJob(tx, job, []))
  if (purchase.kind === 'scene') await showScene(deps.db, purchase.sceneId, purchase.attempt, 'submitting')
  await post(deps, intent, plan)
  return intent
}

function endedAlready({ state, error }: Prediction): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    error ?? `This purchase ended as ${state}; decide to pay again to get a new one.`,
    state === 'unknown' ? FAILURES.outcomeUnknown : FAILURES.predictionFailed,
  )
}

async function post(deps: ActivityDeps, intent: Prediction, plan: PlannedPurchase): Promise<void> {
  const { submitTimeoutSeconds, settleSeconds, timeoutSeconds } = deps.config.predictions
  const pinned = intent.marker ? intent : await pinBuilt(deps, intent, plan)
  const request = pinned.request as unknown as { model: string; input: Record<string, unknown> }
  // Once more: pictures may have been uploaded since.
  await waitWhilePaused(deps)
  const owner = randomUUID()
  const leaseUntil = new Date(Date.now() + submitTimeoutSeconds * 1000)
  // Against the intent as it was when nothing stood in the way of a POST, not as it is now: a claim since then counts.
  if (!(await claimPost(deps.db, intent, owner, leaseUntil))) {
    throw tryAgainIn(submitTimeoutSeconds, FAILURES.outcomePending, 'Another attempt is buying this prediction now.')
  }
  // A process that was frozen since the claim must not post when its successor may: only what is left of the lease counts.
  const restOfLease = (leaseUntil.getTime() - Date.now()) / 1000
  if (restOfLease <= 0) throw tryAgainIn(settleSeconds, FAILURES.outcomePending, 'The lease ran out before the POST.')
  const outcome = await deps.provider.create(
    { ...request, webhookUrl: webhookUrl(deps, pinned.token), cancelAfterSeconds: timeoutSeconds },
    { timeoutSeconds: restOfLease },
  )
  if (outcome.kind === 'created') {
    await markSubmitted(deps.db, intent.id, outcome.prediction.id)
  } else if (outcome.kind === 'refused') {
    await markRefused(deps.db, intent.id, owner, outcome.failure.message)
    throw providerFailure(outcome.failure)
  } else {
    const quietAt = leaseUntil.getTime() + settleSeconds * 1000
    throw tryAgainIn(
      (quietAt - Date.now()) / 1000,
      FAILURES.outcomePending,
      `Whether the prediction was created is not known yet (${outcome.reason}); the provider's list will tell.`,
    )
  }
}

async function pinBuilt(deps: ActivityDeps, intent: Prediction, plan: PlannedPurchase): Promise<Prediction> {
  const { model, input, marker } = await plan.build(intent)
  return pinRequest(deps.db, intent.id, { model, input }, marker)
}

/** The token in the URL says which prediction it is, and authenticates the call where no signing secret does. */
function webhookUrl({ config }: ActivityDeps, token: string): string | null {
  if (!config.replicate.webhookUrl) return null
  const url = new URL(config.replicate.webhookUrl)
  url.searchParams.set('token', token)
  return url.href
}

async function showSubmitted({ db }: ActivityDeps, purchase: Purchase): Promise<void> {
  if (purchase.kind === 'music') {
    await db.$transaction((tx) => advanceJob(tx, purchase.jobId, 'audio_generation'))
    return
  }
  await showScene(db, purchase.sceneId, purchase.attempt, 'rendering')
}
