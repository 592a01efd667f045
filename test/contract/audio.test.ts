/** The rows of the contract about a job's music. */
import { afterAll, describe, expect, it } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { estimateMicroUsd } from '../../providers/estimate.ts'
import { SETTINGS, startJobApi } from '../api/sample-jobs.ts'

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
const api = await startJobApi()
afterAll(() => api.close())
const generate = async (body: unknown) => {
  const { status, json } = await api.v3('POST', '/audio/generate-scenes', body)
  return { status, json }
}
/** A film that was finished without music. */
async function silentFilm() {
  const film = await api.film()
  const data = { audioStatus: null, audioHash: null, audioSize: null }
  return api.db.job.update({ where: { id: film.id }, data })
}

describe('POST /audio/generate-scenes', () => {
  it('answers 202, with how long it may take', async () => {
    const { id } = await silentFilm()
    expect(await generate({ job_id: id })).toEqual({
      status: 202,
      json: {
        ...{ job_id: id, status: 'processing', message: 'Audio generation started' },
        audio_status: { started_at: TIME, estimated_duration: 180 },
      },
    })
    expect(api.told).toContain(`revise ${id}`)
    expect((await api.v3('GET', `/audio/status/${id}`)).json.audio_status.status).toBe('processing')
    expect(await generate({ job_id: id })).toMatchObject({ status: 422, json: { job_id: id } })
  })

  it.each([
    [
      'defaults',
      {},
      { fadeSeconds: 1, syncMode: 'trim', merge: false, errorStrategy: 'continue_with_silence', prompt: null },
    ],
    [
      'strings',
      { fade_duration: '0.5', sync_mode: 'stretch', merge_with_video: 'true', error_strategy: 'halt', prompt: 'Harps' },
      { fadeSeconds: 0.5, syncMode: 'stretch', merge: true, errorStrategy: 'halt', prompt: 'Harps' },
    ],
    [
      'camelCase',
      { fadeDuration: 2, syncMode: 'compress', mergeWithVideo: true, errorStrategy: 'halt', prompt: '' },
      { fadeSeconds: 2, syncMode: 'compress', merge: true, errorStrategy: 'halt', prompt: null },
    ],
  ])('takes its parameters as %s', async (_, params, music) => {
    const { id } = await silentFilm()
    const body =
      'fadeDuration' in params
        ? { jobId: String(id), audioParams: params }
        : { job_id: String(id), audio_params: params }
    expect((await generate(body)).status).toBe(202)
    const { musicSettings } = await api.db.revision.findFirstOrThrow({ where: { jobId: id } })
    expect(musicSettings).toMatchObject(music)
  })

  it('asked for before the approval, is in the price that is approved, and is on its way', async () => {
    const job = await api.job({ settings: { music: { ...SETTINGS.music, auto: false } } })
    const before = (await api.v3('GET', `/jobs/${job.id}`)).json
    const status = async () => (await api.v3('GET', `/audio/status/${job.id}`)).json.audio_status
    expect(await status()).toMatchObject({ status: 'not_started' })
    expect((await generate({ job_id: job.id })).status).toBe(202)
    const after = (await api.v3('GET', `/jobs/${job.id}`)).json
    expect(after.estimated_cost).toBeGreaterThan(before.estimated_cost)
    const settings = JobSettings.parse((await api.db.job.findUniqueOrThrow({ where: { id: job.id } })).settings)
    expect(after.estimated_cost).toBe(estimateMicroUsd(settings, job.scenes) / 1e6)
    const event = await api.db.jobEvent.findFirstOrThrow({ where: { jobId: job.id }, orderBy: { seq: 'desc' } })
    expect(event).toMatchObject({ type: 'storyboard', data: { version: 2, music: true } })
    // Whoever saw the price without it does not approve the other.
    const approve = (storyboard_version: number) => api.v3('POST', `/jobs/${job.id}/approve`, { storyboard_version })
    expect((await approve(before.storyboard_version)).status).toBe(409)
    expect(await status()).toMatchObject({ status: 'processing' })
    expect((await generate({ job_id: job.id })).status).toBe(422)
    expect((await approve(after.storyboard_version)).status).toBe(200)
    expect(await status()).toMatchObject({ status: 'processing' })
    await api.v3('POST', `/jobs/${job.id}/cancel`)
    expect(await status()).toMatchObject({ status: 'failed', error: expect.stringMatching(/^Canceled/) })
  })

  it('is refused without a job, for one that is unknown, and for one that has no storyboard or no film', async () => {
    for (const body of [{}, { job_id: null }, { job_id: 'nonsense' }, { job_id: '' }]) {
      expect(await generate(body)).toEqual({ status: 400, json: { error: 'Missing required parameter: job_id' } })
    }
    expect(await generate({ job_id: 2_000_000 })).toEqual({
      status: 404,
      json: { error: 'Job not found', job_id: 2_000_000 },
    })
    const { id } = await api.job({ storyboard: false })
    expect(await generate({ job_id: id })).toMatchObject({
      status: 422,
      json: { error: expect.stringMatching(/no storyboard/), job_id: id },
    })
    await api.v3('POST', `/jobs/${id}/cancel`)
    expect((await generate({ job_id: id })).status).toBe(422)
    const film = await silentFilm()
    expect(await generate({ job_id: film.id, audio_params: { sync_mode: 'loop' } })).toMatchObject({
      status: 422,
      json: { error: 'Validation failed', details: { 'audio_params.sync_mode': [expect.any(String)] } },
    })
  })
})

describe('GET /audio/status/:job_id', () => {
  it('shows what became of it', async () => {
    const job = await api.job()
    const status = async (id: number) => (await api.v3('GET', `/audio/status/${id}`)).json
    expect(await status(job.id)).toEqual({
      job_id: job.id,
      audio_status: {
        status: 'not_started',
        generated_at: null,
        size: null,
        merged_with_video: false,
        error: null,
        render_cost: 0.21,
        attempts: [],
      },
    })
    const { id, audioSize } = await api.film()
    await api.db.job.update({ where: { id }, data: { audioGeneratedAt: new Date(), audioMerged: true } })
    expect(await status(id)).toEqual({
      job_id: id,
      audio_status: {
        status: 'completed',
        generated_at: TIME,
        size: audioSize,
        merged_with_video: true,
        error: null,
        render_cost: 0.21,
        attempts: [],
      },
    })
  })
})
