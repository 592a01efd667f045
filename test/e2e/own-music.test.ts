import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { recording } from '../api/sample-files.ts'
import { rms } from '../media/support.ts'
import { createScreening } from '../support/screening.ts'
import { type Api, type Base, startBase, startGreenlight, startServer } from '../support/stack.ts'

const screening = await createScreening()

let base: Base
let greenlight: Greenlight & { api: Api }
let api: Api
let campaign: string
let owner: string
beforeAll(async () => {
  base = await startBase()
  // Music is generated for every job that brings none.
  greenlight = await startGreenlight(base, { AUTO_GENERATE_AUDIO: 'true' })
  api = greenlight.api
  campaign = await api.campaign(['chelsea.png', 'coffee.png'])
  owner = (await api.get(`/campaigns/${campaign}`)).body.data.clientId
})
afterAll(async () => {
  await greenlight.stop()
  await base.stop()
})

/** Uploads a tone of so many seconds. */
async function tone(seconds: number, clientId = owner): Promise<string> {
  const form = new FormData()
  const mp3 = await recording('mp3', '-f', 'lavfi', '-i', `sine=440:r=48000:d=${seconds}`)
  form.set('client_id', clientId)
  form.set('file', new File([new Uint8Array(mp3)], 'tone.mp3'))
  const { status, body } = await api.post('/assets', form)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.data.id
}

const newJob = (parameters: Record<string, unknown>) =>
  api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 2, parameters })

async function soundOf(jobId: number): Promise<Float32Array> {
  return screening.sound(await screening.saved(api, `/videos/${jobId}/combined`, `own-${jobId}.mp4`))
}

describe("the user's own music", () => {
  it('waits like everything that is paid while spending is paused, is repeated under the film, and costs nothing', async () => {
    const music = await tone(3)
    const job = await newJob({ music_asset_id: music })
    expect(job).toMatchObject({ status: 201, body: { estimated_cost: 1.6 } })
    const id = job.body.job_id
    await api.post('/spending/pause', { reason: 'a look at the bill', by: 'Anna' })
    await api.post(`/jobs/${id}/approve`)

    let workflow = await api.get(`/jobs/${id}/workflow`)
    const waiting = () =>
      (workflow.body.pending_activities ?? []).filter((one: { last_failure: string | null }) => one.last_failure)
    while (waiting().length < 2) {
      await sleep(50)
      workflow = await api.get(`/jobs/${id}/workflow`)
    }
    expect(workflow).toMatchObject({
      status: 200,
      body: { job_id: id, run_status: 'RUNNING', stage: 'starting_render', decision: 'approved', closed_at: null },
    })
    expect(workflow.body.scenes).toHaveLength(2)
    expect(waiting()[0]).toMatchObject({
      type: 'submitPrediction',
      attempt: expect.any(Number),
      last_failure: 'Spending is paused by Anna: a look at the bill.',
      next_attempt_at: expect.stringMatching(/^\d{4}-/),
    })
    expect(await greenlight.parts.db.prediction.count({ where: { jobId: id, postedAt: { not: null } } })).toBe(0)

    expect((await api.post('/spending/resume')).body).toMatchObject({ paused: false, spent_total: 0 })
    const ended = await api.ended(id)
    expect(ended.body).toMatchObject({ status: 'completed', current_stage: 'audio_completed', costs: { actual: 1.6 } })
    expect(ended.body.progress.audio_error).toBeNull()
    expect(await greenlight.parts.db.prediction.count({ where: { jobId: id, sceneId: null } })).toBe(0)

    // 8 seconds of film, 3 of music: there is sound within each repeat, and less where one ends.
    const sound = await soundOf(id)
    expect(sound.length / 48_000).toBeCloseTo(8, 1)
    for (const middle of [1.5, 4.5, 6.9])
      expect(rms(sound, middle - 0.2, middle + 0.2), `${middle} s`).toBeGreaterThan(0.03)
    expect(rms(sound, 2.97, 3.03)).toBeLessThan(rms(sound, 1.4, 1.6) / 3)
    expect((await api.get(`/audio/status/${id}`)).body.audio_status).toMatchObject({
      status: 'completed',
      merged_with_video: true,
    })

    expect((await api.get(`/jobs/${id}/workflow`)).body).toMatchObject({
      run_status: 'COMPLETED',
      pending_activities: [],
    })
  })

  it('that is longer than the film is cut with a fade; a copy of the job plays it too', async () => {
    const music = await tone(12)
    const job = await newJob({ musicAssetId: music, auto_generate_audio: false, audio_fade_duration: 2 })
    const copy = await api.post(`/jobs/${job.body.job_id}/copy`)
    expect(copy).toMatchObject({
      status: 201,
      body: { status: 'pending', storyboard_ready: true, estimated_cost: 1.6 },
    })
    const id = copy.body.job_id
    await api.post(`/jobs/${id}/approve`)
    expect((await api.ended(id)).body).toMatchObject({ status: 'completed', current_stage: 'audio_completed' })
    const sound = await soundOf(id)
    expect(rms(sound, 2.9, 3.1)).toBeGreaterThan(0.03)
    expect(rms(sound, 7.9, 7.98)).toBeLessThan(rms(sound, 2.9, 3.1) / 5)

    // What the copy has of its own goes with it; the music was uploaded by somebody, and stays.
    const { audioHash } = await greenlight.parts.db.job.findUniqueOrThrow({ where: { id } })
    const remove = await api.delete(`/jobs/${id}`)
    expect(remove.status).toBe(204)
    expect(await greenlight.parts.blobs.stat(audioHash ?? '')).toBeNull()
    expect((await api.get(`/assets/${music}`)).status).toBe(200)
  })

  it('is refused when it is none', async () => {
    const stranger = await api.post('/clients', { name: 'Stranger' })
    const theirs = await tone(2, stranger.body.data.id)
    const picture = (await api.get(`/campaigns/${campaign}/assets`)).body.data[0].id
    const blip = await tone(0.3)
    for (const music_asset_id of [theirs, picture, blip, '00000000-0000-4000-8000-000000000000', 'nonsense']) {
      const answer = await newJob({ music_asset_id })
      expect(answer, music_asset_id).toMatchObject({ status: 422, body: { error: 'Validation failed' } })
      expect(answer.body.details).toHaveProperty(['parameters.music_asset_id'])
    }
  })
})

it('says that no worker answers, within seconds, and deletes a job that waits although none does', async () => {
  const job = await newJob({})
  await greenlight.stop()
  const server = await startServer(base)
  const began = Date.now()
  const silent = await server.api.get(`/jobs/${job.body.job_id}/workflow`)
  expect(silent).toMatchObject({
    status: 503,
    body: { error: expect.stringMatching(/No worker answered/), run_status: 'RUNNING' },
  })
  expect(silent.headers.get('retry-after')).toBe('5')
  expect(Date.now() - began).toBeLessThan(5_000)

  const remove = await server.api.delete(`/jobs/${job.body.job_id}`)
  expect(remove.status).toBe(204)
  await server.stop()

  greenlight = await startGreenlight(base)
  const { db } = greenlight.parts
  const settled = async () => (await db.job.findUniqueOrThrow({ where: { id: job.body.job_id } })).cancelSentAt
  expect(await settled()).not.toBeNull()
})
