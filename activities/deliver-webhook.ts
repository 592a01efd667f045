/** Tells somebody's server of an event of a job, in the Standard Webhooks form. One call is one attempt. */
import { ApplicationFailure } from '@temporalio/common'
import { Webhook } from 'standardwebhooks'
import { checkCallbackUrl } from '../net/callback-url.ts'
import { FetchRefused } from '../net/connect-safely.ts'
import { postSafely } from '../net/post-safely.ts'
import { beginAttempt, recordAttempt, type WebhookDelivery } from '../prisma/queries/deliveries.ts'
import { webhookSecrets } from '../prisma/queries/webhook-secret.ts'
import { type DeliveryRef, FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { tryAgainIn } from './failures.ts'
import { canceled } from './heartbeat.ts'

const TIMEOUT_SECONDS = 15
const MINUTE = 60
const HOUR = 60 * MINUTE
/** A receiver may ask for more time, up to this. */
const LONGEST_DELAY = 24 * HOUR
/** Seconds before each further try, as the Standard Webhooks specification proposes: three days in all. */
const RETRY_DELAYS = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]

type Outcome = 'delivered' | 'gone' | 'not needed'

/** @throws ApplicationFailure to be tried again, or for good once the last try has failed */
export const deliverWebhook =
  (deps: ActivityDeps) =>
  async ({ deliveryId }: DeliveryRef): Promise<Outcome> => {
    const { db, log } = deps
    const delivery = await beginAttempt(db, deliveryId)
    if (!delivery) return 'not needed'
    const { id, jobId, type, attempts } = delivery
    const { status, problem, retryAfterSeconds } = await post(deps, delivery)
    if (!problem) {
      await recordAttempt(db, id, { state: 'delivered', lastError: null })
      return 'delivered'
    }
    log.warn({ jobId, deliveryId: id, type, attempt: attempts, reason: problem }, 'a webhook was not taken')
    if (status === 410) {
      await recordAttempt(db, id, { state: 'gone', lastError: problem })
      return 'gone'
    }
    const delay = RETRY_DELAYS[attempts - 1]
    await recordAttempt(db, id, { state: delay === undefined ? 'failed' : 'pending', lastError: problem })
    if (delay === undefined) throw ApplicationFailure.nonRetryable(problem, FAILURES.webhookNotTaken)
    const asked = Math.min(retryAfterSeconds ?? 0, LONGEST_DELAY)
    throw tryAgainIn(Math.max(delay, asked), FAILURES.webhookNotTaken, problem)
  }

interface Attempt {
  status: number | null
  /** Null when it was taken. */
  problem: string | null
  retryAfterSeconds: number | null
}

async function post({ config, db }: ActivityDeps, { id, url, payload }: WebhookDelivery): Promise<Attempt> {
  const { allowedPrivateHosts } = config
  const body = JSON.stringify(payload)
  const now = new Date()
  const secrets = await webhookSecrets(db, config.webhookSigningSecrets)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Greenlight',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  }
  try {
    // The configuration may have changed since the URL was given.
    const target = checkCallbackUrl(url, allowedPrivateHosts)
    const limits = { allowedPrivateHosts, timeoutSeconds: TIMEOUT_SECONDS, signal: canceled() }
    const { status, retryAfterSeconds } = await postSafely(target, { headers, body }, limits)
    const taken = status >= 200 && status < 300
    return { status, problem: taken ? null : `${new URL(url).host} answered ${status}.`, retryAfterSeconds }
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error
    return { status: null, problem: error.message, retryAfterSeconds: null }
  }
}
