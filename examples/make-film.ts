/**
 * The main job through the typed client: photos in, a finished film out. Against a running server:
 * `npx node examples/make-film.ts http://127.0.0.1:4000 film.mp4 photo.jpg photo.jpg …`, with GREENLIGHT_KEY when it asks for one.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream, openAsBlob } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { setTimeout as sleep } from 'node:timers/promises'
import { accepted, answerOf, createGreenlight, type Greenlight } from '../client/index.ts'

const LOOK_EVERY_MS = 500

/** @throws GreenlightError when something is refused, Error in the job's own words when it fails */
export async function makeFilm(greenlight: Greenlight, photos: string[], filmPath: string): Promise<number> {
  const campaignId = await uploadPhotos(greenlight, photos)
  const jobId = await planFilm(greenlight, campaignId)
  // From here on it costs money.
  await answerOf(greenlight.jobs[':id'].approve.$post({ param: { id: jobId }, json: { by: 'Anna' } }))
  await waitForFilm(greenlight, jobId)
  const film = await accepted(greenlight.videos[':job_id'].combined.$get({ param: { job_id: jobId } }))
  await pipeline(Readable.fromWeb(film.body as ReadableStream), createWriteStream(filmPath))
  return jobId
}

async function uploadPhotos(greenlight: Greenlight, photos: string[]): Promise<string> {
  const { data: client } = await answerOf(greenlight.clients.$post({ json: { name: 'Aurora Travel' } }))
  const { data: campaign } = await answerOf(
    greenlight.campaigns.$post({ json: { name: 'Worlds to see', client_id: client.id } }),
  )
  for (const photo of photos) {
    const file = new File([await openAsBlob(photo)], path.basename(photo))
    await answerOf(greenlight.assets.$post({ form: { campaign_id: campaign.id, file } }))
  }
  return campaign.id
}

/** Creates the job and edits its first scene. @returns the job's id */
async function planFilm(greenlight: Greenlight, campaignId: string): Promise<number> {
  const { job_id } = await answerOf(
    greenlight.jobs['from-image-pairs'].$post(
      { json: { campaign_id: campaignId, clip_duration: 4 } },
      // Sent again with the same key, it makes no second job.
      { headers: { 'idempotency-key': randomUUID() } },
    ),
  )
  const { storyboard, estimated_cost } = await waitForStoryboard(greenlight, job_id)
  for (const { title, prompt } of storyboard.scenes) console.log(`${title}: ${prompt}`)
  console.log(`About $${estimated_cost}`)
  const [opening] = storyboard.scenes
  if (!opening) throw new Error('The storyboard has no scene')
  await answerOf(
    greenlight.jobs[':job_id'].scenes[':scene_id'].$patch({
      param: { job_id, scene_id: opening.id },
      json: { prompt: `${opening.prompt} The camera moves slowly.` },
    }),
  )
  return job_id
}

async function waitForStoryboard(greenlight: Greenlight, jobId: number) {
  for (;;) {
    const job = await answerOf(greenlight.jobs[':id'].$get({ param: { id: jobId } }))
    if (job.status === 'failed') throw new Error(`The job failed: ${job.progress.error}`)
    if (job.storyboard_ready) return job
    await sleep(LOOK_EVERY_MS)
  }
}

async function waitForFilm(greenlight: Greenlight, jobId: number): Promise<void> {
  for (;;) {
    const { status, progress } = await answerOf(greenlight.jobs[':id'].$get({ param: { id: jobId } }))
    if (status === 'failed') throw new Error(`The job failed: ${progress.error}`)
    if (status === 'completed') return
    await sleep(LOOK_EVERY_MS)
  }
}

if (import.meta.main) {
  const [url, filmPath, ...photos] = process.argv.slice(2)
  if (!url || !filmPath) throw new Error('Give the URL of a server, the film to write, and photos')
  await makeFilm(createGreenlight({ url, apiKey: process.env.GREENLIGHT_KEY }), photos, filmPath)
}
