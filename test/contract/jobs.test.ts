/** The rows of the contract that show jobs and scenes, and decide on them. */
import { afterAll, describe, expect, it } from 'vitest'
import { startJobApi } from '../api/sample-jobs.ts'

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/)

const api = await startJobApi()
afterAll(() => api.close())
const post = (path: string, body?: unknown) => api.v3('POST', path, body)
const show = async (id: number) => (await api.v3('GET', `/jobs/${id}`)).json

describe('GET /jobs/:id', () => {
  it('shows what the job is to do, what it costs and how far it is', async () => {
    const { id, scenes } = await api.job()
    expect(await show(id)).toEqual({
      ...{ job_id: id, type: 'image_pairs', status: 'pending', video_name: expect.stringMatching(/^Lakeside \d+$/) },
      ...{ campaign_id: api.campaign.id, client_id: api.client.id },
      ...{ estimated_cost: 2.4, costs: { estimated: 2.4, actual: 0, currency: 'USD' } },
      ...{ progress_percentage: 0, current_stage: 'pending' },
      progress: { stage: 'pending', percentage: 0, error: null, audio_error: null },
      ...{
        parameters: {},
        video_model: 'veo3',
        asset_ids: null,
        storyboard_ready: true,
        storyboard_version: 1,
        storyboard_source: 'template',
        storyboard_note: null,
      },
      storyboard: {
        scenes: scenes.map((scene) => expect.objectContaining({ id: scene.id })),
        total_duration: 12,
        film_duration: 12,
        photos: [],
      },
      ...{ revision: null, decision: null, inserted_at: TIME, updated_at: TIME },
      ...{ quality: 'final', finalize_cost: null },
      ...{ frame_rate: 24, video_version: null, retry_cost: null, budget_usd: null, budget_override: null },
    })
  })
})

describe('the scenes of a job', () => {
  it('are listed in storyboard order, with how many are done', async () => {
    const { id } = await api.film()
    const { scenes } = await api.db.job.findUniqueOrThrow({
      where: { id },
      include: { scenes: { orderBy: { position: 'asc' } } },
    })
    await api.db.scene.update({ where: { id: scenes[2]?.id ?? '' }, data: { state: 'rendering', clipHash: null } })
    const { json } = await api.v3('GET', `/jobs/${id}/scenes`)
    expect(json).toEqual({
      ...{ job_id: id, total_scenes: 3, completed_scenes: 2, progress_percentage: 66.7 },
      scenes: scenes.map(({ id: sceneId }) => expect.objectContaining({ id: sceneId })),
    })
    expect(json.scenes.map(({ status }: { status: string }) => status)).toEqual([
      'completed',
      'completed',
      'processing',
    ])
    expect(json.scenes[0]).toEqual({
      ...{ id: UUID, status: 'completed', state: 'completed', provider_id: null, has_video: true, position: 0 },
      ...{ attempt: expect.any(Number), error: null, inserted_at: TIME, updated_at: TIME },
      ...{ takes: [], regeneration: null, out_of_date: false, render_cost: 0.8, waits_for: null },
      attempts: [
        {
          ...{ attempt: 1, state: 'succeeded', reason: 'first', model: 'veo3', cost: 0.8, provider_id: null },
          ...{ error: null, inserted_at: TIME, finished_at: null },
        },
      ],
      voice_over_attempts: [],
      video_url: `/api/v3/videos/${id}/clips/clip_${json.scenes[0].id}.mp4`,
      thumbnail_url: `/api/v3/videos/${id}/clips/clip_${json.scenes[0].id}.mp4/thumbnail`,
      ...{ title: 'One', description: 'One described', prompt: 'One prompted', duration: 4, transition: 'cut' },
      ...{ scene_type: '', camera_movement: 'pan', motion_goal: 'arrive', asset_ids: [UUID, UUID] },
      ...{ music_description: 'piano', music_style: 'ambient', music_energy: 'low' },
      ...{ transition_duration: null, overlays: [], caption: null, voice_over: null, keep_clip_audio: null },
      ...{ estimated_cost: 0.8, model: null, variants: null, uses_last_frame: true },
    })
    const one = await api.v3('GET', `/jobs/${id}/scenes/${json.scenes[0].id}`)
    expect(one.json).toMatchObject({
      ...{ job_id: id, job_status: 'completed', storyboard_version: 1 },
      scene: { ...json.scenes[0], job_id: id, video_blob_size: scenes[0]?.clipSize },
    })
  })

  it('are edited and dropped before the approval; afterwards that is 409', async () => {
    const { id, scenes } = await api.job()
    const at = `/jobs/${id}/scenes/${scenes[0]?.id}`
    for (const method of ['PUT', 'PATCH']) {
      const { status, json } = await api.v3(method, at, { cameraMovement: method, motion_goal: 'rest', duration: '8' })
      expect({ status, json }).toMatchObject({
        ...{ status: 200, json: { job_id: id, scene: { camera_movement: method, motion_goal: 'rest', duration: 8 } } },
      })
      expect(await api.v3(method, at, { duration: 'long' })).toMatchObject({
        status: 422,
        json: { error: 'Validation failed' },
      })
      expect(await api.v3(method, at, {}, { 'if-match': 'newest' })).toMatchObject({ status: 400 })
    }
    const place = `/jobs/${id}/storyboard/scenes/1`
    expect(await api.v3('PATCH', place, { transition: 'star wipe' })).toMatchObject({
      status: 422,
      json: { details: { transition: [expect.any(String)] } },
    })
    expect((await api.v3('DELETE', `/jobs/${id}/scenes/${scenes[1]?.id}`)).status).toBe(204)
    expect((await show(id)).storyboard.scenes).toHaveLength(2)
    await post(`/jobs/${id}/approve`)
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect(await api.v3(method, at, {})).toMatchObject({
        status: 409,
        json: { job_id: id, current_status: 'approved' },
      })
    }
    expect(await api.v3('PATCH', `/jobs/${id}/storyboard/scenes/0`, {})).toMatchObject({ status: 409 })
    expect(await api.v3('PUT', `/jobs/${id}/storyboard`, { scenes: [{ id: scenes[0]?.id }] })).toMatchObject({
      status: 409,
    })
  })
})

describe('an approval', () => {
  it('is answered 200, once; afterwards it is 422 with why', async () => {
    const { id } = await api.job()
    const first = await post(`/jobs/${id}/approve`)
    expect({ status: first.status, json: first.json }).toEqual({
      ...{ status: 200, json: { message: 'Job approved successfully', job_id: id, status: 'approved' } },
    })
    expect(api.told).toContain(`decided ${id}`)
    expect(await show(id)).toMatchObject({ status: 'approved', decision: { decision: 'approved', at: TIME } })
    const second = await post(`/jobs/${id}/approve`)
    expect(second.headers.get('retry-after')).toBeNull()
    expect({ status: second.status, json: second.json }).toEqual({
      status: 422,
      json: {
        error: 'Job cannot be approved',
        job_id: id,
        current_status: 'approved',
        reason: expect.stringMatching(/^It was approved already, by /),
      },
    })
  })

  it('of a storyboard that is not written yet, or was changed meanwhile, is refused', async () => {
    const unwritten = await api.job({ storyboard: false })
    const early = await post(`/jobs/${unwritten.id}/approve`)
    expect(early).toMatchObject({
      status: 422,
      json: {
        error: 'Job cannot be approved',
        current_status: 'pending',
        reason: `Its storyboard is still being written: ask again in 2 s, or once GET /jobs/${unwritten.id} says storyboard_ready`,
      },
    })
    expect(early.headers.get('retry-after')).toBe('2')
    const { id } = await api.job()
    for (const body of [{ storyboard_version: 7 }, { storyboardVersion: '7' }]) {
      expect(await post(`/jobs/${id}/approve`, body)).toMatchObject({
        status: 409,
        json: { job_id: id, storyboard_version: 1 },
      })
    }
    expect((await api.v3('POST', `/jobs/${id}/approve`, {}, { 'if-match': '"7"' })).status).toBe(409)
    expect((await post(`/jobs/${id}/approve`, { storyboardVersion: '1' })).status).toBe(200)
  })
})

describe.each([
  ['reject', 'rejected'],
  ['cancel', 'canceled'],
])('POST /jobs/:id/%s', (verb, past) => {
  it('is final, and the job says by whom and why', async () => {
    const { id } = await api.job()
    const { status, json } = await post(`/jobs/${id}/${verb}`, { by: 'Ben', reason: 'too dark' })
    expect({ status, json }).toEqual({
      ...{ status: 200, json: { message: `Job ${past} successfully`, job_id: id, status: 'failed' } },
    })
    const job = await show(id)
    expect(job).toMatchObject({ status: 'failed', current_stage: past, progress: { stage: past } })
    expect(job.progress.error).toMatch(new RegExp(`^${past} by Ben.*too dark`, 'i'))
    for (const [late, participle] of [
      ['approve', 'approved'],
      ['reject', 'rejected'],
      ['cancel', 'canceled'],
    ]) {
      expect(await post(`/jobs/${id}/${late}`)).toMatchObject({
        status: 422,
        json: {
          error: `Job cannot be ${participle}`,
          job_id: id,
          current_status: 'failed',
          reason: expect.any(String),
        },
      })
    }
  })
})

describe('a deleted job', () => {
  it('is gone; one that runs is not deleted', async () => {
    const { id } = await api.job()
    await post(`/jobs/${id}/approve`)
    expect(await api.v3('DELETE', `/jobs/${id}`)).toMatchObject({
      status: 409,
      json: { job_id: id, current_status: 'approved' },
    })
    const film = await api.film()
    expect((await api.v3('DELETE', `/jobs/${film.id}`)).status).toBe(204)
    const { status, json } = await api.v3('GET', `/jobs/${film.id}`)
    expect({ status, json }).toEqual({ status: 404, json: { error: 'Job not found', job_id: film.id } })
  })
})

describe('the lists', () => {
  it.each([
    ['/jobs', 'job_id', 1],
    ['/generated-videos', 'job_id', 1],
    ['/assets', 'id', 1],
    ['/campaigns', 'id', 2],
  ])('of %s are filtered in both spellings', async (list, key, parameters) => {
    const { client, campaign } = await api.stranger()
    const all = await api.v3('GET', `${list}?limit=100`)
    expect(all.json.data.length).toBeGreaterThan(0)
    const owners = [
      ['client', client.id, api.client.id],
      ['campaign', campaign.id, api.campaign.id],
    ].slice(0, 3 - parameters)
    for (const [owner, other, own] of owners) {
      for (const name of [`${owner}_id`, `${owner}Id`]) {
        const mine = await api.v3('GET', `${list}?${name}=${own?.toUpperCase()}&limit=100`)
        const kept = all.json.data.filter((row: Record<string, unknown>) =>
          [row.client_id, row.clientId, row.campaign_id, row.campaignId].includes(own),
        )
        expect(
          mine.json.data.map((row: Record<string, unknown>) => row[key]),
          name,
        ).toEqual(kept.map((row: Record<string, unknown>) => row[key]))
        const theirs = await api.v3('GET', `${list}?${name}=${other}`)
        expect(theirs.json.data.length, name).toBe(list === '/campaigns' ? 1 : 0)
      }
    }
  })

  it('of films are filtered by job in both spellings', async () => {
    const { id } = await api.film()
    for (const name of ['job_id', 'jobId']) {
      const { json } = await api.v3('GET', `/generated-videos?${name}=${id}&limit=5&offset=0`)
      expect(json.data.map((film: { job_id: number }) => film.job_id)).toEqual([id])
      expect(json.meta).toEqual({ count: 1, total: 1, limit: 5, offset: 0 })
    }
  })
})
