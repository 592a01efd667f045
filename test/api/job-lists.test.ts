import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCampaign } from '../../prisma/queries/campaigns.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { type JobApi, SETTINGS, startJobApi, UNKNOWN } from './sample-jobs.ts'

let api: JobApi
let films: JobWithScenes[]
let pending: JobWithScenes
beforeAll(async () => {
  api = await startJobApi()
  films = [await api.film({ microUsd: 500_000 }), await api.film({ microUsd: 250_000 })]
  pending = await api.job()
})
afterAll(() => api.close())

const ids = ({ json }: { json: { data: { job_id: number }[] } }) => json.data.map(({ job_id }) => job_id)

describe('GET /jobs', () => {
  it('lists jobs, newest first, with what a list shows of them', async () => {
    const answer = await api.v3('GET', '/jobs')
    expect(ids(answer)).toEqual([pending.id, films[1]?.id, films[0]?.id])
    expect(answer.json.meta).toEqual({ total: 3, limit: 25, next_cursor: null })
    expect(answer.json.data[2]).toMatchObject({
      ...{ status: 'completed', current_stage: 'audio_completed', video_name: 'Lakeside 1', campaign_name: 'Lakeside' },
      ...{ scene_count: 3, has_video: true, thumbnail_url: `/api/v3/videos/${films[0]?.id}/thumbnail` },
      costs: { estimated: 2.4, actual: 0.5, currency: 'USD' },
    })
    expect(answer.json.data[0]).not.toHaveProperty('storyboard')
  })

  it('counts the jobs of every status when asked, whatever status is shown', async () => {
    const counts = { pending: 1, approved: 0, processing: 0, completed: 2, failed: 0 }
    const { json } = await api.v3('GET', '/jobs?status=completed&limit=1&counts=true')
    expect(json.meta).toMatchObject({ total: 2, limit: 1, counts })
    expect((await api.v3('GET', '/jobs?q=side%202&counts=true')).json.meta.counts).toEqual({
      ...counts,
      pending: 0,
      completed: 1,
    })
  })

  it.each([
    { query: 'status=completed', found: [1, 0] },
    { query: 'status=pending&stage=', found: [2] },
    { query: 'stage=audio_completed', found: [1, 0] },
    { query: 'stage=stitching', found: [] },
    { query: 'q=lakeside', found: [2, 1, 0] },
    { query: 'q=side%202', found: [1] },
    { query: 'q=nothing', found: [] },
    { query: `client_id=${UNKNOWN}`, found: [] },
    { query: 'campaign_id=nonsense', found: [] },
    { query: 'q=&status=&campaign_id=&client_id=&limit=&cursor=', found: [2, 1, 0] },
  ])('is filtered by $query', async ({ query, found }) => {
    const all = [...films, pending].map(({ id }) => id)
    expect(ids(await api.v3('GET', `/jobs?${query}`))).toEqual(found.map((n) => all[n]))
  })

  it('is filtered by campaign, by client and by the job itself', async () => {
    expect(ids(await api.v3('GET', `/jobs?campaign_id=${api.campaign.id}&client_id=${api.client.id}`))).toHaveLength(3)
    expect(ids(await api.v3('GET', `/jobs?q=%23${pending.id}`))).toContain(pending.id)
    const other = await createCampaign(api.db, { name: 'Elsewhere', clientId: api.client.id })
    expect(ids(await api.v3('GET', `/jobs?campaign_id=${other.id}`))).toEqual([])
  })

  it('is searched for what was typed, be it a wildcard elsewhere', async () => {
    const searched = await startJobApi()
    const named = new Map<string, number>()
    for (const videoName of ['50% off', '500 off', 'dining_room', 'dining room', 'C:\\films']) {
      const { id } = await searched.job()
      named.set(videoName, id)
      await searched.db.job.update({ where: { id }, data: { videoName } })
    }
    for (const [q, found] of [
      ['0%', ['50% off']],
      ['g_r', ['dining_room']],
      ['%', ['50% off']],
      ['_', ['dining_room']],
      ['\\', ['C:\\films']],
      [':\\FILM', ['C:\\films']],
      ['0', ['500 off', '50% off']],
    ] as const) {
      const answer = await searched.v3('GET', `/jobs?q=${encodeURIComponent(q)}`)
      expect(ids(answer), q).toEqual(found.map((name) => named.get(name)))
      expect(answer.json.meta.total, q).toBe(found.length)
    }
    await searched.close()
  })

  it('is read page by page; a job that is created meanwhile changes no page', async () => {
    const other = await startJobApi()
    const all: number[] = []
    for (let n = 0; n < 5; n++) all.unshift((await other.job()).id)
    const first = await other.v3('GET', '/jobs?limit=2')
    expect(ids(first)).toEqual(all.slice(0, 2))
    expect(first.json.meta).toMatchObject({ total: 5, limit: 2, next_cursor: expect.any(String) })
    await other.job()
    const second = await other.v3('GET', `/jobs?limit=2&cursor=${first.json.meta.next_cursor}`)
    expect(ids(second)).toEqual(all.slice(2, 4))
    const third = await other.v3('GET', `/jobs?limit=2&cursor=${second.json.meta.next_cursor}`)
    expect(ids(third)).toEqual(all.slice(4))
    expect(third.json.meta.next_cursor).toBeNull()
    await other.close()
  })

  it.each(['status=done', 'stage=nowhere', 'limit=0', 'limit=many', 'cursor=x', 'cursor=%00', `q=${'x'.repeat(201)}`])(
    'refuses %s',
    async (query) => {
      const answer = await api.v3('GET', `/jobs?${query}`)
      expect(answer).toMatchObject({ status: 400, json: { error: expect.stringContaining(query.split('=')[0] ?? '') } })
    },
  )
})

describe('GET /generated-videos', () => {
  it('lists completed jobs with a video, newest first', async () => {
    const answer = await api.v3('GET', '/generated-videos')
    expect(answer.status).toBe(200)
    expect(ids(answer)).toEqual([films[1]?.id, films[0]?.id])
    expect(answer.json.meta).toMatchObject({ count: 2, limit: 25, offset: 0 })
    expect(answer.json.data[0]).toMatchObject({
      ...{ status: 'completed', video_name: 'Lakeside 2', campaign_id: api.campaign.id, client_id: api.client.id },
      ...{ video_url: `/api/v3/videos/${films[1]?.id}/combined`, duration: 12, size: films[1]?.videoSize },
    })
    expect((await api.request(answer.json.data[0].video_url)).status).toBe(200)
  })

  it('is filtered and paged', async () => {
    const list = async (query: string) => ids(await api.v3('GET', `/generated-videos?${query}`))
    expect(await list(`job_id=${films[0]?.id}`)).toEqual([films[0]?.id])
    expect(await list(`job_id=${pending.id}`)).toEqual([])
    expect(await list('job_id=nonsense')).toEqual([])
    expect(await list(`campaign_id=${api.campaign.id}&client_id=${api.client.id}`)).toHaveLength(2)
    expect(await list(`campaign_id=${UNKNOWN}`)).toEqual([])
    expect(await list('limit=1&offset=1')).toEqual([films[0]?.id])
    expect((await api.v3('GET', '/generated-videos?limit=-1')).status).toBe(400)
  })
})

describe('the lists of clients, campaigns and assets', () => {
  it('are whole, unless a part of them is asked for', async () => {
    const all = { clients: '/clients', campaigns: '/campaigns', assets: `/campaigns/${api.campaign.id}/assets` }
    await createCampaign(api.db, { name: 'Another', clientId: api.client.id })
    await api.stranger()
    for (const at of [...Object.values(all), `/clients/${api.client.id}/campaigns`]) {
      const { json } = await api.v3('GET', at)
      expect(json.data.length, at).toBeGreaterThan(1)
      expect(json.meta.total, at).toBe(json.data.length)
      const part = await api.v3('GET', `${at}?limit=1&offset=1`)
      expect(part.json, at).toEqual({ data: [json.data[1]], meta: json.meta })
      expect((await api.v3('GET', `${at}?limit=-1`)).status, at).toBe(400)
    }
  })
})

describe('stats', () => {
  it('come from the rows', async () => {
    const client = await api.v3('GET', `/clients/${api.client.id}/stats`)
    expect(client).toMatchObject({
      status: 200,
      json: { data: { videoCount: 2, totalSpend: 0.75, jobCount: 3, assetCount: 3 } },
    })
    const campaign = await api.v3('GET', `/campaigns/${api.campaign.id}/stats`)
    expect(campaign).toMatchObject({ status: 200, json: { data: { videoCount: 2, totalSpend: 0.75, jobCount: 3 } } })
    const { campaign: other, client: stranger } = await api.stranger()
    expect((await api.v3('GET', `/campaigns/${other.id}/stats`)).json.data).toMatchObject({
      videoCount: 0,
      totalSpend: 0,
    })
    expect((await api.v3('GET', `/clients/${stranger.id}/stats`)).json.data).toMatchObject({
      campaignCount: 1,
      videoCount: 0,
      totalSpend: 0,
    })
  })
})

describe('a copy', () => {
  it('is a new pending job with the same storyboard, and its workflow is started', async () => {
    const [film] = films
    const edited = await api.v3('GET', `/jobs/${film?.id}`)
    const answer = await api.v3('POST', `/jobs/${film?.id}/copy`)
    const id = answer.json.job_id
    expect(answer).toMatchObject({
      status: 201,
      json: {
        ...{ status: 'pending', type: 'image_pairs', scene_count: 3, message: 'Job created successfully' },
        ...{ estimated_cost: 2.4, storyboard_ready: true, clip_duration: 4, num_pairs: 3, total_assets: 3 },
        ...{
          campaign_id: api.campaign.id,
          client_id: api.client.id,
          video_name: expect.stringMatching(/^Lakeside \d+$/),
        },
      },
    })
    expect(api.told).toContain(`start ${id}`)
    const withoutIds = (scenes: { id: string }[]) => scenes.map(({ id: _, ...scene }) => scene)
    const copy = (await api.v3('GET', `/jobs/${id}`)).json
    expect(withoutIds(copy.storyboard.scenes)).toEqual(withoutIds(edited.json.storyboard.scenes))
    expect(copy).toMatchObject({
      storyboard_version: 1,
      progress: { stage: 'pending' },
      decision: null,
      costs: { actual: 0 },
    })
    expect(copy.storyboard.scenes[0].id).not.toBe(edited.json.storyboard.scenes[0].id)
    expect((await api.v3('PATCH', `/jobs/${id}/storyboard/scenes/0`, { title: 'Mine' })).status).toBe(200)
    expect((await api.v3('GET', `/jobs/${film?.id}`)).json.storyboard).toEqual(edited.json.storyboard)
    expect((await api.v3('POST', `/jobs/${id}/approve`)).status).toBe(200)
  })

  it('of what has no storyboard, or whose pictures or music are gone, is refused', async () => {
    const empty = await api.job({ storyboard: false })
    expect(await api.v3('POST', `/jobs/${empty.id}/copy`)).toMatchObject({
      status: 422,
      json: { error: expect.stringContaining('no storyboard') },
    })
    await api.v3('POST', `/jobs/${empty.id}/cancel`)

    const job = await api.job()
    const picture = await api.asset('image')
    await api.v3('PATCH', `/jobs/${job.id}/storyboard/scenes/1`, { asset_ids: [picture.id] })
    await api.v3('POST', `/jobs/${job.id}/cancel`)
    expect((await api.v3('POST', `/jobs/${job.id}/copy`)).status).toBe(201)
    await api.db.asset.delete({ where: { id: picture.id } })
    expect(await api.v3('POST', `/jobs/${job.id}/copy`)).toMatchObject({
      status: 422,
      json: { error: expect.stringContaining('scene 2') },
    })

    const scored = await api.job({ settings: { music: { ...SETTINGS.music, assetId: UNKNOWN } } })
    expect((await api.v3('POST', `/jobs/${scored.id}/copy`)).json.details).toHaveProperty(['parameters.music_asset_id'])
    expect((await api.v3('POST', '/jobs/2147483647/copy')).status).toBe(404)
  })
})
