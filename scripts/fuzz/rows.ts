/** What the fuzzed server has: everything that a path or a body may name, in every state that can be had quickly. */
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, createGreenlight, type Greenlight } from '../../client/index.ts'
import { loadPhotos } from '../demo/photos.ts'

/** Of jobs that wait for approval: they are decided, edited and deleted, and then others are taken. */
const WAITING = 12
const FILM_WITHIN_MS = 120_000

export interface Rows {
  client: string
  campaign: string
  assets: string[]
  /** A completed job with music. */
  film: Job
  waiting: Job[]
}

interface Job {
  id: number
  scenes: string[]
}

export async function makeRows(url: string, apiKey: string): Promise<Rows> {
  const api = createGreenlight({ url, apiKey })
  const { campaignId } = await loadPhotos(api)
  const assets = await answerOf(api.campaigns[':id'].assets.$get({ param: { id: campaignId }, query: {} }))
  const campaign = await answerOf(api.campaigns[':id'].$get({ param: { id: campaignId } }))
  const film = await createJob(api, campaignId, { auto_generate_audio: true })
  await answerOf(api.jobs[':id'].approve.$post({ param: { id: film.id }, json: {} }))
  const waiting: Job[] = []
  for (let n = 0; n < WAITING; n++) waiting.push(await createJob(api, campaignId, {}))
  await untilCompleted(api, film.id)
  return {
    client: campaign.data.clientId,
    campaign: campaignId,
    assets: assets.data.map(({ id }) => id),
    film,
    waiting,
  }
}

async function createJob(api: Greenlight, campaign_id: string, parameters: Record<string, unknown>): Promise<Job> {
  const wish = { campaign_id, num_pairs: 2, parameters }
  const { job_id, storyboard } = await answerOf(api.jobs['from-image-pairs'].$post({ json: wish }))
  return { id: job_id, scenes: storyboard.scenes.map(({ id }) => id) }
}

async function untilCompleted(api: Greenlight, id: number): Promise<void> {
  const deadline = Date.now() + FILM_WITHIN_MS
  for (;;) {
    const { status, progress } = await answerOf(api.jobs[':id'].$get({ param: { id } }))
    if (status === 'completed') return
    if (status === 'failed' || Date.now() > deadline) throw new Error(`There is no film: ${progress.error ?? status}`)
    await sleep(200)
  }
}
