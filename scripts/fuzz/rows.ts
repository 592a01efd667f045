/** What the fuzzed server has: everything that a path or a body may name, in every state that can be had quickly. */
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, createGreenlight, type Greenlight } from '../../client/index.ts'
import type { Database } from '../../prisma/client.ts'
import type { Simulator } from '../../simulator/index.ts'
import { loadPhotos } from '../demo/photos.ts'

/** Of jobs that wait for approval: they are decided, edited and deleted, and then others are taken. */
const WAITING = 12
/** Of jobs that failed, and fail again: they are retried, and scenes of them regenerated. */
const FAILED = 6
const FAILING_PROMPT = 'This is never rendered'
const ENDED_WITHIN_MS = 120_000

export interface Rows {
  client: string
  campaign: string
  assets: string[]
  /** A completed job with music. */
  film: Job
  waiting: Job[]
  failed: Job[]
  /** Purchases of some failed jobs, of which nobody knows whether they were bought. */
  unknown: Purchase[]
}

interface Job {
  id: number
  scenes: string[]
}

interface Purchase {
  id: string
  /** What it was bought as: who adopts it is believed. */
  provider_id: string
}

export interface Target {
  url: string
  apiKey: string
  db: Database
  simulator: Simulator
}

export async function makeRows({ url, apiKey, db, simulator }: Target): Promise<Rows> {
  const api = createGreenlight({ url, apiKey })
  const { campaignId } = await loadPhotos(api)
  const assets = await answerOf(api.campaigns[':id'].assets.$get({ param: { id: campaignId }, query: {} }))
  const campaign = await answerOf(api.campaigns[':id'].$get({ param: { id: campaignId } }))
  const film = await createJob(api, campaignId, { auto_generate_audio: true })
  await answerOf(api.jobs[':id'].approve.$post({ param: { id: film.id }, json: {} }))
  simulator.setFaults([{ match: { promptIncludes: FAILING_PROMPT }, fault: { kind: 'fail', error: 'It broke' } }])
  const failed: Job[] = []
  for (let n = 0; n < FAILED; n++) failed.push(await createFailingJob(api, campaignId))
  const waiting: Job[] = []
  for (let n = 0; n < WAITING; n++) waiting.push(await createJob(api, campaignId, {}))
  await untilEnded(api, film.id, 'completed')
  for (const { id } of failed) await untilEnded(api, id, 'failed')
  return {
    client: campaign.data.clientId,
    campaign: campaignId,
    assets: assets.data.map(({ id }) => id),
    film,
    waiting,
    failed,
    unknown: await forgetPurchases(db, failed.slice(FAILED / 2)),
  }
}

async function createJob(api: Greenlight, campaign_id: string, parameters: Record<string, unknown>): Promise<Job> {
  const wish = { campaign_id, num_pairs: 2, parameters }
  const { job_id, storyboard } = await answerOf(api.jobs['from-image-pairs'].$post({ json: wish }))
  return { id: job_id, scenes: storyboard.scenes.map(({ id }) => id) }
}

async function createFailingJob(api: Greenlight, campaignId: string): Promise<Job> {
  const job = await createJob(api, campaignId, {})
  for (const scene_id of job.scenes) {
    const param = { job_id: job.id, scene_id }
    await answerOf(api.jobs[':job_id'].scenes[':scene_id'].$patch({ param, json: { prompt: FAILING_PROMPT } }))
  }
  await answerOf(api.jobs[':id'].approve.$post({ param: { id: job.id }, json: {} }))
  return job
}

async function untilEnded(api: Greenlight, id: number, wanted: 'completed' | 'failed'): Promise<void> {
  const deadline = Date.now() + ENDED_WITHIN_MS
  for (;;) {
    const { status, progress } = await answerOf(api.jobs[':id'].$get({ param: { id } }))
    if (status === wanted) return
    const isOther = status === 'completed' || status === 'failed'
    if (isOther || Date.now() > deadline) throw new Error(`Job ${id} is not ${wanted}: ${progress.error ?? status}`)
    await sleep(200)
  }
}

/** A purchase becomes unknown only after 50 minutes (activities/reconcile-intent.ts): here the ledger says so at once. */
async function forgetPurchases(db: Database, jobs: Job[]): Promise<Purchase[]> {
  const which = { jobId: { in: jobs.map(({ id }) => id) }, providerId: { not: null } }
  const predictions = await db.prediction.findMany({ where: which })
  const ids = predictions.map(({ id }) => id)
  await db.prediction.updateMany({
    where: { id: { in: ids } },
    data: { state: 'unknown', providerId: null, failure: null },
  })
  return predictions.map(({ id, providerId }) => ({ id, provider_id: providerId ?? '' }))
}
