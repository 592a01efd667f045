import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { createRevisionHelp } from '../support/revisions.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'

let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: string
beforeAll(async () => {
  base = await startBase()
  greenlight = await startGreenlight(base)
  campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
})
afterAll(async () => {
  await greenlight.stop()
  await base.stop()
})

const musicBought = () => base.simulator.bill().predictions.filter(({ model }) => model.startsWith('meta/musicgen'))

async function scored(jobId: number) {
  for (;;) {
    const { body } = await greenlight.api.get(`/audio/status/${jobId}`)
    if (body.audio_status.status !== 'processing') return body.audio_status
    await sleep(50)
  }
}

it('makes music for a film that was finished without, and again with other wishes, from its closed workflow', async () => {
  const { api } = greenlight
  const job = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 2 })
  const id = job.body.job_id
  await api.post(`/jobs/${id}/approve`)
  expect((await api.ended(id)).body.current_stage).toBe('completed')
  const silentFilm = await api.bytes(`/videos/${id}/combined`)
  expect((await api.get(`/audio/status/${id}`)).body.audio_status.status).toBe('not_started')
  expect(await api.get(`/audio/${id}/download`)).toMatchObject({
    status: 404,
    body: { error: 'Audio not ready or not generated' },
  })

  const begun = await api.post('/audio/generate-scenes', { job_id: String(id) })
  expect(begun).toMatchObject({
    status: 202,
    body: { job_id: id, status: 'processing', message: 'Audio generation started' },
  })
  expect(await api.post('/audio/generate-scenes', { job_id: id })).toMatchObject({ status: 422 })
  expect(await scored(id)).toMatchObject({ status: 'completed', merged_with_video: false, error: null })
  expect((await api.get(`/audio/${id}/download`)).headers.get('content-disposition')).toContain(`audio_${id}.mp3`)
  expect(musicBought()).toHaveLength(2)
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  expect(hash(await api.bytes(`/videos/${id}/combined`))).toBe(hash(silentFilm))

  const params = { audio_params: { merge_with_video: 'true', fade_duration: '0.5', prompt: 'solo piano' } }
  expect((await api.post('/audio/generate-scenes', { job_id: id, ...params })).status).toBe(202)
  expect((await api.get(`/jobs/${id}`)).body.status).toBe('completed')
  expect(await scored(id)).toMatchObject({ status: 'completed', merged_with_video: true })
  expect(musicBought()).toHaveLength(4)
  expect(musicBought().filter(({ input }) => String(input.prompt).includes('solo piano'))).toHaveLength(2)
  expect(hash(await api.bytes(`/videos/${id}/combined`))).not.toBe(hash(silentFilm))
})

it('makes the music of a new film and the music asked for meanwhile, each as it was wanted', async () => {
  const { api, parts } = greenlight
  const { approved, revised, scenesOf } = createRevisionHelp(base, api, campaign)
  const id = await approved('weir', { parameters: { auto_generate_audio: true } })
  expect((await api.ended(id)).body.current_stage).toBe('audio_completed')
  const before = musicBought().length
  const harps = () => musicBought().filter(({ input }) => String(input.prompt).includes('solo harp'))
  const [first] = await scenesOf(id)
  await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { music: true })
  const harp = { audio_params: { merge_with_video: true, prompt: 'solo harp' } }
  expect((await api.post('/audio/generate-scenes', { job_id: id, ...harp })).status).toBe(202)

  for (let isReplaced = false; !isReplaced; await sleep(20)) {
    const { revisions, audioStatus } = await parts.db.job.findUniqueOrThrow({
      where: { id },
      include: { revisions: { orderBy: { number: 'asc' } } },
    })
    isReplaced = revisions[0]?.state === 'completed'
    // Who waits for the harp waits on when the film before it is there.
    if (isReplaced && revisions[1]?.state !== 'completed') expect(audioStatus).toBe('processing')
  }
  await revised(id, 2)
  expect(await scored(id)).toMatchObject({ status: 'completed', merged_with_video: true })
  expect(musicBought()).toHaveLength(before + 4)
  expect(harps()).toHaveLength(2)
  const { soundtrack, settings } = await parts.db.job.findUniqueOrThrow({ where: { id } })
  const [shown] = await parts.db.audioSegment.findMany({ where: { jobId: id, soundtrack, position: 0 } })
  const bought = await parts.db.prediction.findUniqueOrThrow({ where: { id: shown?.predictionId ?? '' } })
  expect(harps().map((prediction) => prediction.id)).toContain(bought.providerId)

  // From here on it is how the film's music is wanted.
  expect(settings).toMatchObject({ music: { prompt: 'solo harp', merge: true } })
})

it('says of music that came to nothing that it failed, and of what asked for it; asked again, it is made', async () => {
  const { api } = greenlight
  const { approved, revised } = createRevisionHelp(base, api, campaign)
  const id = await approved('cove')
  await api.ended(id)
  base.simulator.setFaults([{ match: { model: 'meta/musicgen' }, fault: { kind: 'fail', error: 'out of memory' } }])
  await api.post('/audio/generate-scenes', { job_id: id })
  const failed = await revised(id, 1)
  expect(failed).toMatchObject({ status: 'completed', current_stage: 'completed', progress: { error: null } })
  expect(failed.revision).toMatchObject({
    kind: 'music',
    state: 'failed',
    error: expect.stringMatching(/out of memory/),
  })
  expect(await scored(id)).toMatchObject({ status: 'failed', error: expect.stringMatching(/out of memory/) })

  base.simulator.setFaults([])
  await api.post('/audio/generate-scenes', { job_id: id })
  expect((await revised(id, 2)).revision).toMatchObject({ state: 'completed', error: null })
  expect(await scored(id)).toMatchObject({ status: 'completed', error: null })
})

it('refuses what it can make no music for', async () => {
  const { api } = greenlight
  expect(await api.post('/audio/generate-scenes', {})).toMatchObject({
    status: 400,
    body: { error: 'Missing required parameter: job_id' },
  })
  expect((await api.post('/audio/generate-scenes', { job_id: 999_999 })).status).toBe(404)
  const job = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 2 })
  await api.post(`/jobs/${job.body.job_id}/reject`, { reason: 'no' })
  expect((await api.post('/audio/generate-scenes', { job_id: job.body.job_id })).status).toBe(422)
})

it('gives a job that waits for approval its music with the film', async () => {
  const { api } = greenlight
  const job = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 2 })
  const id = job.body.job_id
  expect((await api.post('/audio/generate-scenes', { jobId: id, audioParams: { mergeWithVideo: true } })).status).toBe(
    202,
  )
  await api.post(`/jobs/${id}/approve`)
  expect((await api.ended(id)).body.current_stage).toBe('audio_completed')
})
