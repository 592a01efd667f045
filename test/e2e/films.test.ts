import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import type { Simulator } from '../../simulator/index.ts'
import { rms } from '../media/support.ts'
import { difference } from '../support/frames.ts'
import { createScreening } from '../support/screening.ts'
import { type Answer, type Api, type Base, PHOTOS, startBase, startGreenlight } from '../support/stack.ts'

const { watch, saved, frames, sound, media } = await createScreening()

const VEO = { width: 1280, height: 720, fps: 24 }
const VEO_UPRIGHT = { width: 720, height: 1280, fps: 24 }
const HAILUO = { width: 1366, height: 768, fps: 25 }

type Job = Answer['body']

/** Creates a job, approves it, and waits for its end. */
async function made(api: Api, path: string, body: Record<string, unknown>): Promise<Job> {
  const created = await api.post(path, body)
  expect(created).toMatchObject({ status: 201 })
  const id: number = created.body.job_id ?? created.body.data.id
  expect(await api.get(`/videos/${id}/combined`)).toMatchObject({
    status: 404,
    body: { error: 'Video not ready - job processing incomplete' },
  })
  expect((await api.post(`/jobs/${id}/approve`)).status).toBe(200)
  return (await api.ended(id, 90_000)).body
}

/** Hailuo's clips take the shape of their first photo: those of these photos can go into a film as they are. */
async function wideCampaign(api: Api, photos: string[], others: string[] = []): Promise<string> {
  const campaign = await api.campaign(others)
  for (const name of photos) {
    const wide = await sharp(path.join(PHOTOS, name)).resize(1280, 720).jpeg().toBuffer()
    const form = new FormData()
    form.set('campaign_id', campaign)
    form.set('file', new Blob([new Uint8Array(wide)], { type: 'image/jpeg' }), name)
    expect((await api.post('/assets', form)).status).toBe(201)
  }
  return campaign
}

/** What the simulator billed for the pictures of a campaign, and for music whose prompt says a word. */
async function billed(api: Api, simulator: Simulator, campaign: string, word: string) {
  const assets = (await api.get(`/campaigns/${campaign}/assets`)).body.data
  const { predictions } = simulator.bill()
  const ofPictures = (input: Record<string, unknown>) =>
    assets.some(({ id }: { id: string }) => JSON.stringify(input).includes(id))
  return {
    clips: predictions.filter(({ input }) => ofPictures(input)),
    music: predictions.filter(({ input }) => String(input.prompt).toLowerCase().includes(word)),
  }
}

const total = (lines: { price_usd: number }[]) => lines.reduce((sum, { price_usd }) => sum + price_usd, 0)

let base: Base
beforeAll(async () => {
  base = await startBase({
    // A first look comes too early, so that it takes a second one or a webhook.
    renderMs: 700,
    faults: [
      { match: { promptIncludes: 'Tuba music, medium energy' }, fault: { kind: 'fail', error: 'moderation' } },
      { match: { promptIncludes: 'Kazoo music' }, fault: { kind: 'fail', error: 'moderation' } },
      { match: { promptIncludes: 'Bagpipe music' }, fault: { kind: 'fail', error: 'CUDA out of memory' } },
    ],
  })
})
afterAll(() => base?.stop())

describe('a film that webhooks drive and x.ai writes', { timeout: 120_000 }, () => {
  let greenlight: Greenlight & { api: Api }
  let api: Api
  beforeAll(async () => {
    greenlight = await startGreenlight(base, (url) => ({
      REPLICATE_WEBHOOK_URL: `${url}/api/webhooks/replicate`,
      // No second look comes in time: only the webhook can tell.
      PREDICTION_POLL_INTERVAL: '600',
      XAI_API_KEY: 'simulator',
      AUTO_GENERATE_AUDIO: 'true',
    }))
    api = greenlight.api
  })
  afterAll(() => greenlight?.stop())

  const expectWrittenByXai = async (jobId: number) => {
    const { storyboardSource } = await greenlight.parts.db.job.findUniqueOrThrow({ where: { id: jobId } })
    expect(storyboardSource).toMatch(/^grok/)
  }

  it.concurrent('goes from photo to photo in Veo, with music that is one piece', async () => {
    const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg'])
    const job = await made(api, '/jobs/from-image-pairs', {
      campaign_id: campaign,
      clip_duration: '4',
      parameters: { music_genre: 'harp' },
    })
    expect(job).toMatchObject({ type: 'image_pairs', status: 'completed', current_stage: 'audio_completed' })
    await expectWrittenByXai(job.job_id)
    const { film } = await watch(api, job.job_id, VEO)
    const heard = await sound(film)
    expect(rms(heard, 0.5, 7.5)).toBeGreaterThan(0.01)

    const { clips, music } = await billed(api, base.simulator, campaign, 'harp')
    expect(clips.map((line) => line.billed)).toEqual([true, true])
    expect(music.map((line) => line.billed)).toEqual([true, true])
    expect(job.costs.actual).toBe(job.costs.estimated)
    expect(job.costs.actual).toBeCloseTo(total([...clips, ...music]), 6)

    expect(music[0]?.input).toMatchObject({ continuation: false })
    expect(music[1]?.input).toMatchObject({ continuation: true })
    const segment = new URL(String(music[1]?.input.input_audio))
    expect(segment.origin).toBe(greenlight.url)
    expect(segment.pathname).toMatch(/^\/api\/v3\/audio\/segments\/[\w-]{20,}$/)
    await expectContinued(job.job_id)
  })

  /** The provider hands back what it continued in front of the new music, so what stands there was fetched from us. */
  const expectContinued = async (jobId: number) => {
    const { parts } = greenlight
    const [first, second] = await parts.db.audioSegment.findMany({ where: { jobId }, orderBy: { position: 'asc' } })
    const [before, after] = await Promise.all(
      [first, second].map(async (row) => sound(await parts.blobs.localFile(row?.blobHash ?? '', parts.tempDir))),
    )
    expect(second?.overlap).toBe(1)
    const end = before?.subarray(before.length - 48_000) ?? new Float32Array()
    expect(correlation(end, after?.subarray(0, 48_000) ?? new Float32Array())).toBeGreaterThan(0.95)
  }

  it.concurrent('tours a property in Hailuo, its music beside it', async () => {
    const campaign = await wideCampaign(api, ['china.jpg', 'coffee.png'])
    const types = ['kitchen', 'living_room']
    const job = await made(api, '/jobs/from-property-photos', {
      campaign_id: campaign,
      video_model: 'hilua-2.5',
      property_types: types,
      parameters: { music_genre: 'banjo', audio_merge_with_video: false, audio_sync_mode: 'stretch' },
    })
    expect(job).toMatchObject({ type: 'property_photos', status: 'completed', current_stage: 'audio_completed' })
    await expectWrittenByXai(job.job_id)
    for (const { scene_type } of job.storyboard.scenes) expect(types).toContain(scene_type)
    const { film } = await watch(api, job.job_id, HAILUO)
    expect(rms(await sound(film), 0, 12)).toBe(0)

    const download = await fetch(`${greenlight.url}/api/v3/audio/${job.job_id}/download`)
    expect(download.headers.get('content-type')).toBe('audio/mpeg')
    expect(download.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="audio_${job.job_id}.mp3"`),
    )
    const mp3 = await saved(api, `/audio/${job.job_id}/download`, `audio-${job.job_id}.mp3`)
    expect(await media.probe(mp3)).toMatchObject({ audio: { codec: 'mp3', channels: 2 } })
    const heard = await sound(mp3)
    expect(Math.abs(heard.length / 48_000 - 12)).toBeLessThanOrEqual(0.1)
    expect(rms(heard, 0.5, 11)).toBeGreaterThan(0.01)
    expect((await api.get(`/audio/status/${job.job_id}`)).body.audio_status).toMatchObject({
      status: 'completed',
      merged_with_video: false,
      error: null,
    })

    const { clips, music } = await billed(api, base.simulator, campaign, 'banjo')
    expect([...clips, ...music].map((line) => line.billed)).toEqual([true, true, true, true])
    expect(clips.map(({ model }) => model)).toEqual(['minimax/hailuo-02', 'minimax/hailuo-02'])
    expect(job.costs.actual).toBe(job.costs.estimated)
  })

  it.concurrent('is made from a whole campaign, and served in ranges and by its tag', async () => {
    const campaign = await api.campaign(['flower.jpg', 'rocket.jpg'])
    const job = await made(api, `/campaigns/${campaign}/create-job`, { num_scenes: 1, music_genre: 'lute' })
    expect(job).toMatchObject({ type: 'campaign', status: 'completed', current_stage: 'audio_completed' })
    expect(job.storyboard.scenes).toHaveLength(1)
    await expectWrittenByXai(job.job_id)
    await watch(api, job.job_id, VEO)
    const { clips, music } = await billed(api, base.simulator, campaign, 'lute')
    expect([...clips, ...music].map((line) => line.billed)).toEqual([true, true])
    expect(job.costs.actual).toBe(job.costs.estimated)
    await expectRanges(`${greenlight.url}/api/v3/videos/${job.job_id}/combined`)
  })

  it.concurrent('keeps its place with silence where one piece of the music fails', async () => {
    const campaign = await api.campaign(['chelsea.png', 'flower.jpg'])
    const job = await made(api, '/jobs/from-image-pairs', {
      campaign_id: campaign,
      clip_duration: 4,
      num_pairs: 3,
      parameters: { music_genre: 'tuba', audio_error_strategy: 'continue_with_silence' },
    })
    expect(job).toMatchObject({ status: 'completed', current_stage: 'audio_completed' })
    expect(job.progress).toMatchObject({ error: null })
    const heard = await sound((await watch(api, job.job_id, VEO)).film)
    expect(rms(heard, 0.5, 3)).toBeGreaterThan(0.01)
    expect(rms(heard, 4.1, 7.9)).toBeLessThan(0.001)
    expect(rms(heard, 9, 11.5)).toBeGreaterThan(0.01)
    const { clips, music } = await billed(api, base.simulator, campaign, 'tuba')
    expect(clips.map((line) => line.billed)).toEqual([true, true, true])
    expect(music.filter((line) => line.billed)).toHaveLength(2)
    // What was not billed is not counted either.
    expect(job.costs.actual).toBeCloseTo(job.costs.estimated - 0.07, 6)
  })

  it.concurrent('is finished without music when that halts at its first failure', async () => {
    const campaign = await api.campaign(['china.jpg', 'coffee.png'])
    const job = await made(api, '/jobs/from-image-pairs', {
      campaign_id: campaign,
      clip_duration: 4,
      num_pairs: 1,
      parameters: { music_genre: 'kazoo', audio_error_strategy: 'halt' },
    })
    expect(job).toMatchObject({ status: 'completed', current_stage: 'completed', progress: { error: null } })
    expect(job.progress.audio_error).toMatch(/content filter refused.*E005.*Change the prompt/)
    expect(rms(await sound((await watch(api, job.job_id, VEO)).film), 0, 4)).toBe(0)
    expect(await api.get(`/audio/${job.job_id}/download`)).toMatchObject({
      status: 404,
      body: { error: 'Audio not ready or not generated' },
    })
    expect((await api.get(`/audio/status/${job.job_id}`)).body.audio_status).toMatchObject({
      status: 'failed',
      merged_with_video: false,
      error: job.progress.audio_error,
    })
  })

  it.concurrent('fails with the reason when it must not be without music', async () => {
    const campaign = await api.campaign(['chelsea.png', 'rocket.jpg'])
    const job = await made(api, '/jobs/from-image-pairs', {
      campaign_id: campaign,
      clip_duration: 4,
      num_pairs: 1,
      parameters: { music_genre: 'bagpipe', audio_fail_on_error: true },
    })
    expect(job).toMatchObject({ status: 'failed', current_stage: 'failed' })
    expect(job.progress.error).toMatch(/music failed.*CUDA out of memory/i)
    expect((await api.get(`/videos/${job.job_id}/combined`)).status).toBe(404)
    const { scenes } = (await api.get(`/jobs/${job.job_id}/scenes`)).body
    expect(scenes).toMatchObject([{ status: 'completed', has_video: true }])
  })

  it('is told so only by webhooks that the provider signed', async () => {
    const { token } = await greenlight.parts.db.prediction.findFirstOrThrow()
    const forged = await fetch(`${greenlight.url}/api/webhooks/replicate?token=${token}`, {
      method: 'POST',
      body: '{}',
    })
    expect(forged.status).toBe(401)
  })

  it('is billed once a scene and once a piece of music, whatever ran beside it', () => {
    const ended = base.simulator.bill().predictions.filter((line) => line.billed)
    expect(ended.filter(({ model }) => model !== 'meta/musicgen')).toHaveLength(2 + 2 + 1 + 3 + 1 + 1)
    expect(ended.filter(({ model }) => model === 'meta/musicgen')).toHaveLength(2 + 2 + 1 + 2)
  })
})

describe('a film that polling drives and the template writes', { timeout: 120_000 }, () => {
  let greenlight: Greenlight & { api: Api }
  let api: Api
  beforeAll(async () => {
    greenlight = await startGreenlight(base, { VIDEO_GENERATION_MODEL: 'hilua-2.5' })
    api = greenlight.api
  })
  afterAll(() => greenlight?.stop())

  it.concurrent('tours a property upright in Veo, without sound', async () => {
    const campaign = await api.campaign(['china.jpg', 'flower.jpg'])
    const types = ['exterior', 'kitchen', 'bedroom']
    const job = await made(api, '/jobs/from-property-photos', {
      campaign_id: campaign,
      model: 'veo3',
      clip_duration: 4,
      property_types: types,
      parameters: { aspect_ratio: '9:16' },
    })
    expect(job).toMatchObject({ type: 'property_photos', status: 'completed', current_stage: 'completed' })
    expect(job.progress).toMatchObject({ error: null, audio_error: null })
    for (const { scene_type } of job.storyboard.scenes) expect(types).toContain(scene_type)
    const { film } = await watch(api, job.job_id, VEO_UPRIGHT)
    expect(rms(await sound(film), 0, 8)).toBe(0)
    const { clips } = await billed(api, base.simulator, campaign, 'nothing')
    expect(clips.map((line) => line.billed)).toEqual([true, true])
    expect(job.costs.actual).toBe(job.costs.estimated)
    expect(job.costs.actual).toBeCloseTo(total(clips), 6)
  })

  it.concurrent('goes from photo to photo in Hailuo, whatever their shapes, every clip in its place', async () => {
    const campaign = await wideCampaign(api, ['flower.jpg'], ['chelsea.png'])
    const job = await made(api, '/jobs/from-image-pairs', {
      campaign_id: campaign,
      num_pairs: 2,
      parameters: { auto_generate_audio: 'true', music_genre: 'oboe', audio_sync_mode: 'compress' },
    })
    expect(job).toMatchObject({ type: 'image_pairs', status: 'completed', current_stage: 'audio_completed' })
    const { film, clips } = await watch(api, job.job_id, HAILUO)
    expect(rms(await sound(film), 0.5, 11)).toBeGreaterThan(0.01)

    const [shown, ...parts] = await Promise.all([film, ...clips].map(frames))
    const wanted = parts.flat()
    for (const [n, frame] of (shown ?? []).entries()) expect(difference(frame, wanted[n])).toBeLessThan(3)
    expect(difference(parts[0]?.[0], parts[1]?.[0])).toBeGreaterThan(6)
    const { clips: bought, music } = await billed(api, base.simulator, campaign, 'oboe')
    expect([...bought, ...music].map((line) => line.billed)).toEqual([true, true, true, true])
    expect(job.costs.actual).toBe(job.costs.estimated)
  })

  it.concurrent('is made from a whole campaign, in the model that the configuration names', async () => {
    const campaign = await wideCampaign(api, ['coffee.png', 'rocket.jpg'])
    const job = await made(api, `/campaigns/${campaign}/create-job`, { duration_seconds: 12, clip_duration: 6 })
    expect(job).toMatchObject({ type: 'campaign', status: 'completed', current_stage: 'completed' })
    expect(job.storyboard).toMatchObject({ scenes: [{ duration: 6 }, { duration: 6 }], total_duration: 12 })
    const { storyboardSource } = await greenlight.parts.db.job.findUniqueOrThrow({ where: { id: job.job_id } })
    expect(storyboardSource).toBe('template')
    await watch(api, job.job_id, HAILUO)
    const { clips } = await billed(api, base.simulator, campaign, 'nothing')
    expect(total(clips)).toBeCloseTo(job.costs.actual, 6)
  })
})

async function expectRanges(url: string): Promise<void> {
  const whole = await fetch(url)
  const bytes = Buffer.from(await whole.arrayBuffer())
  const etag = whole.headers.get('etag') ?? ''
  expect(whole.headers.get('content-type')).toBe('video/mp4')
  expect(whole.headers.get('content-length')).toBe(String(bytes.length))
  expect(etag).toMatch(/^"\w{64}"$/)

  const part = await fetch(url, { headers: { range: 'bytes=100-299' } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe(`bytes 100-299/${bytes.length}`)
  expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(100, 300))
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  expect((await fetch(url, { headers: { range: `bytes=${bytes.length}-` } })).status).toBe(416)
}

/** How alike two stretches of sound are: 1 when they are the same but for their loudness. */
function correlation(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]]
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return ab / Math.sqrt(aa * bb)
}
