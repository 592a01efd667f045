/**
 * Buys one prediction, once. Creating a prediction is a POST without an idempotency key, so the intent is in the ledger
 * before the POST, and an intent whose outcome is unknown is looked for at the provider before anything is sent again.
 */
import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { isSettled } from '../domain/prediction.ts'
import { type JobWithScenes, type Prediction, readJob } from '../prisma/queries/jobs.ts'
import {
  claimPost,
  findPrediction,
  markRefused,
  markSubmitted,
  newToken,
  type PostClaim,
  type PurchaseDraft,
  settlePrediction,
} from '../prisma/queries/ledger.ts'
import { advanceUnended, reopenFailed } from '../prisma/queries/progress.ts'
import { purchaseToken } from '../prisma/queries/purchase-token.ts'
import { type RevisedScene, revisionInWork } from '../prisma/queries/scene-revisions.ts'
import { showScene } from '../prisma/queries/show-scene.ts'
import { inTransaction, type Statements } from '../prisma/statements.ts'
import { FAILURES, type PredictionRef, type Purchase } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { providerFailure, tryAgainIn } from './failures.ts'
import { findLost } from './find-lost.ts'
import { planMusic } from './plan-music.ts'
import { planScene } from './plan-scene.ts'
import { planVoice } from './plan-voice.ts'
import { keyOf } from './purchase-key.ts'
import { reconcileIntent } from './reconcile-intent.ts'
import { takeTurns } from './take-turns.ts'
import { waitWhilePaused } from './wait-while-paused.ts'

/** What will be sent. */
export interface PlannedPurchase extends PurchaseDraft {
  /** Builds the input; may upload or check pictures. @param token names the prediction */
  build(token: string): Promise<{ model: string; input: Record<string, unknown>; marker: string }>
}

/** A purchase as it was found. */
interface Order extends Asked {
  job: JobWithScenes
  /** Its row in the ledger; null when there is none. */
  known: Prediction | null
  plan: PlannedPurchase
}
interface Bought extends Asked {
  known: Prediction
  plan: null
}
interface Asked {
  purchase: Purchase
  /** The revision that the attempt belongs to, where it is a scene's. */
  revised: RevisedScene | null
}

/** Row work takes less, by far; for an upload of pictures the others do not wait. */
const TURN_MS = 50

export const submitPrediction = (deps: ActivityDeps) => {
  const inTurn = takeTurns(TURN_MS)
  return (purchase: Purchase): Promise<PredictionRef> =>
    inTurn(async (sent) => {
      const found = await look(deps, purchase)
      const predictionId = found.plan ? await buyOrBegin(deps, found, sent) : found.known.id
      if (!found.plan) await inTransaction(deps.db, purchase.jobId, (tx) => showSubmitted(tx, found))
      return { jobId: purchase.jobId, predictionId }
    })
}

async function look(deps: ActivityDeps, purchase: Purchase): Promise<Order | Bought> {
  const { db } = deps
  const known = await findPrediction(db, keyOf(purchase))
  const { attempt } = purchase
  const revised = purchase.kind === 'scene' ? await revisionInWork(db, purchase.sceneId, attempt) : null
  const asked = { purchase, revised }
  if (known?.providerId) return { ...asked, known, plan: null }
  const job = await readJob(db, purchase.jobId)
  return { ...asked, job, known, plan: await planOf(deps, job, asked) }
}

async function planOf(deps: ActivityDeps, job: JobWithScenes, { purchase, revised }: Asked): Promise<PlannedPurchase> {
  if (purchase.kind === 'scene') return planScene(deps, job, purchase, revised)
  return purchase.kind === 'voice' ? planVoice(job, purchase) : planMusic(deps, job, purchase)
}

/** What hinders the first purchases of a job is seen at a job that has begun with them. */
async function buyOrBegin(deps: ActivityDeps, order: Order, sent: () => void): Promise<string> {
  try {
    return await buy(deps, order, sent)
  } catch (error) {
    const { id, decision, stage } = order.job
    if (decision === 'approved' && stage === 'pending') {
      await inTransaction(deps.db, id, (tx) => advanceUnended(tx, id, 'starting_render'))
    }
    throw error
  }
}

/**
 * @param sent is told when the POST is on its way
 * @returns the prediction's id in the ledger
 */
async function buy(deps: ActivityDeps, order: Order, sent: () => void): Promise<string> {
  const { job, known } = order
  if (known && known.state !== 'refused' && isSettled(known.state)) throw endedAlready(known)
  if (known?.postedAt) {
    const { id } = known
    const outcome = await reconcileIntent(deps, known)
    if (outcome === 'unknown') throw endedAlready(await deps.db.prediction.findUniqueOrThrow({ where: { id } }))
    if (outcome === 'adopted') {
      await inTransaction(deps.db, order.purchase.jobId, (tx) => showSubmitted(tx, order))
      return id
    }
  }
  if (job.canceledAt) throw ApplicationFailure.nonRetryable('The job was canceled.', FAILURES.jobFailed)
  // The plan may have come with a signal, and those anybody sends who reaches Temporal.
  if (job.decision !== 'approved') {
    throw ApplicationFailure.nonRetryable(
      'Nobody has approved the job, so nothing is bought for it.',
      FAILURES.jobFailed,
    )
  }
  await waitWhilePaused(deps)
  return post(deps, order, sent)
}

function endedAlready({ state, error }: Prediction): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    error ?? `This purchase ended as ${state}; decide to pay again to get a new one.`,
    state === 'unknown' ? FAILURES.outcomeUnknown : FAILURES.predictionFailed,
  )
}

const LOST_FROM_THE_LEDGER =
  'Whether this prediction was bought is not known: the ledger was restored from a backup, and it may be something that ' +
  'the provider has sold since. Look for it in the provider’s dashboard, then decide to adopt it, to pay again or to abandon it.'

async function post(deps: ActivityDeps, asked: Order, sent: () => void): Promise<string> {
  const { purchase, job, known, plan } = asked
  const { submitTimeoutSeconds, settleSeconds, timeoutSeconds } = deps.config.predictions
  const { build, ...draft } = plan
  const key = keyOf(purchase)
  const asPlanned = known?.marker
    ? pinned(known, known.marker)
    : await built(build, known?.token ?? (await purchaseToken(deps.db, job, key)))
  const lost = await findLost(deps, job, key, asPlanned)
  const order = lost.kind === 'other' && !known?.marker ? await built(build, newToken()) : asPlanned
  // Once more: pictures may have been uploaded since.
  await waitWhilePaused(deps)
  const owner = randomUUID()
  const claim = { ...order, owner, leaseSeconds: submitTimeoutSeconds }
  // Against the row as it was when nothing stood in the way of a POST, not as it is now: a claim since then counts.
  const intent = await claimPost(deps.db, key, known, draft, claim, (tx) => showSubmitting(tx, job, asked))
  if (!intent) {
    throw tryAgainIn(submitTimeoutSeconds, FAILURES.outcomePending, 'Another attempt is buying this prediction now.')
  }
  if (lost.kind === 'unknown') {
    await settlePrediction(deps.db, intent.id, 'unknown', { error: LOST_FROM_THE_LEDGER })
    throw ApplicationFailure.nonRetryable(LOST_FROM_THE_LEDGER, FAILURES.outcomeUnknown)
  }
  // A process that was frozen since the claim must not post when its successor may: only what is left of the lease counts.
  const leaseEnds = intent.leaseUntil.getTime()
  const restOfLease = (leaseEnds - Date.now()) / 1000
  if (restOfLease <= 0) throw tryAgainIn(settleSeconds, FAILURES.outcomePending, 'The lease ran out before the POST.')
  const answer =
    lost.kind === 'found'
      ? Promise.resolve({ kind: 'created' as const, prediction: lost.prediction })
      : deps.provider.create(
          { ...order.request, webhookUrl: webhookUrl(deps, order.token), cancelAfterSeconds: timeoutSeconds },
          { timeoutSeconds: restOfLease },
        )
  sent()
  const outcome = await answer
  if (outcome.kind === 'created') {
    const { id } = outcome.prediction
    await inTransaction(deps.db, asked.purchase.jobId, async (tx) => {
      await markSubmitted(tx, intent.id, id)
      await showSubmitted(tx, asked)
    })
    deps.figures.bought(plan.model, plan.priceMicroUsd / 1e6)
    return intent.id
  }
  if (outcome.kind === 'refused') {
    await markRefused(deps.db, intent.id, owner, outcome.failure.message)
    throw providerFailure(outcome.failure)
  }
  const quietAt = leaseEnds + settleSeconds * 1000
  throw tryAgainIn(
    (quietAt - Date.now()) / 1000,
    FAILURES.outcomePending,
    `Whether the prediction was created is not known yet (${outcome.reason}); the provider's list will tell.`,
  )
}

type Request = Pick<PostClaim, 'token' | 'request' | 'marker'>

function pinned({ token, request }: Prediction, marker: string): Request {
  return { token, request: request as unknown as Request['request'], marker }
}

async function built(build: PlannedPurchase['build'], token: string): Promise<Request> {
  const { model, input, marker } = await build(token)
  return { token, request: { model, input }, marker }
}

/** The token in the URL says which prediction it is, and authenticates the call where no signing secret does. */
function webhookUrl({ config }: ActivityDeps, token: string): string | null {
  if (!config.replicate.webhookUrl) return null
  const url = new URL(config.replicate.webhookUrl)
  url.searchParams.set('token', token)
  return url.href
}

async function showSubmitting(tx: Statements, job: JobWithScenes, { purchase, revised }: Asked): Promise<void> {
  if (job.stage === 'failed') await reopenFailed(tx, job)
  if (purchase.kind === 'scene') await showScene(tx, sceneOf(purchase), revised, 'submitting', isVariant(purchase))
}

async function showSubmitted(tx: Statements, { purchase, revised }: Asked): Promise<void> {
  if (purchase.kind === 'music') await advanceUnended(tx, purchase.jobId, 'audio_generation')
  if (purchase.kind === 'scene') await showScene(tx, sceneOf(purchase), revised, 'rendering', isVariant(purchase))
}

const sceneOf = ({ sceneId, jobId }: Purchase & { kind: 'scene' }) => ({ id: sceneId, jobId })

const isVariant = ({ variants }: Purchase & { kind: 'scene' }) => variants !== undefined
