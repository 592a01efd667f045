/** Webhooks that are owed: written in the same transaction as the change that they tell of, delivered by a workflow each. */
import type { Database, Prisma } from '../client.ts'
import type { WebhookDelivery } from '../generated/client.ts'

export type { WebhookDelivery } from '../generated/client.ts'

export const WEBHOOK_TYPES = [
  'job.awaiting_approval',
  'job.rejected',
  'job.completed',
  'job.failed',
  'job.canceled',
] as const
export type WebhookType = (typeof WEBHOOK_TYPES)[number]

/**
 * Owes the event to whoever wants to be told: the job's own callback URL, else its client's. To a URL that answered an
 * earlier event of this job with 410 nothing is owed any more. Call it after the row has changed.
 */
export async function oweDelivery(tx: Prisma.TransactionClient, jobId: number, type: WebhookType): Promise<void> {
  const job = await tx.job.findUniqueOrThrow({
    where: { id: jobId },
    include: { client: { select: { callbackUrl: true } } },
  })
  // A job that was canceled while its storyboard was written waits for nobody.
  if (type === 'job.awaiting_approval' && job.status !== 'pending') return
  const url = job.callbackUrl ?? job.client.callbackUrl
  if (!url || (await tx.webhookDelivery.count({ where: { jobId, url, state: 'gone' } })) > 0) return
  const film = `/api/v3/videos/${jobId}/combined`
  const payload = {
    type,
    timestamp: new Date().toISOString(),
    data: {
      job_id: jobId,
      status: job.status,
      current_stage: job.stage,
      progress_percentage: job.percentage,
      error: job.error,
      video_name: job.videoName,
      video_url: type === 'job.completed' ? film : null,
      campaign_id: job.campaignId,
      client_id: job.clientId,
    },
  }
  await tx.webhookDelivery.create({ data: { jobId, type, url, payload } })
}

/** Ids of deliveries whose workflow is still to be started, oldest first. */
export async function unstartedDeliveries(
  db: Database,
  which: Prisma.WebhookDeliveryWhereInput,
  take: number,
): Promise<string[]> {
  const rows = await db.webhookDelivery.findMany({
    where: { ...which, state: 'pending', startedAt: null },
    orderBy: { insertedAt: 'asc' },
    select: { id: true },
    take,
  })
  return rows.map(({ id }) => id)
}

export async function markDeliveryStarted(db: Database, id: string): Promise<void> {
  await db.webhookDelivery.updateMany({ where: { id, startedAt: null }, data: { startedAt: new Date() } })
}

/**
 * Counts one more attempt, before it is made.
 * @returns the delivery; null when it needs none, because it has ended or its job was deleted
 */
export async function beginAttempt(db: Database, id: string): Promise<WebhookDelivery | null> {
  const { count } = await db.webhookDelivery.updateMany({
    where: { id, state: 'pending' },
    data: { attempts: { increment: 1 } },
  })
  return count === 0 ? null : db.webhookDelivery.findUnique({ where: { id } })
}

/** Keeps how an attempt went. */
export async function recordAttempt(
  db: Database,
  id: string,
  outcome: { state: 'pending' | 'delivered' | 'failed' | 'gone'; lastError: string | null },
): Promise<void> {
  const deliveredAt = outcome.state === 'delivered' ? new Date() : undefined
  await db.webhookDelivery.updateMany({ where: { id, state: 'pending' }, data: { ...outcome, deliveredAt } })
}
