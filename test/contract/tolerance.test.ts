/** What the old system let callers do without saying so, and old frontends may do. */
import { afterAll, describe, expect, it } from 'vitest'
import { startJobApi } from '../api/sample-jobs.ts'

const api = await startJobApi({ API_AUTH_KEY: 'secret' })
afterAll(() => api.close())
const key = { 'x-api-key': 'secret' }
const { id } = await api.job()
const campaign_id = api.campaign.id

describe('a slash at the end of a path', () => {
  it.each(['/clients', '/campaigns', '/jobs', `/jobs/${id}`, `/jobs/${id}/scenes`, '/generated-videos'])(
    'changes nothing: %s/',
    async (path) => {
      const { status, json } = await api.v3('GET', `${path}/`, undefined, key)
      expect({ status, json }).toEqual({ status: 200, json: (await api.v3('GET', path, undefined, key)).json })
      expect((await api.v3('GET', `${path}/`)).status).toBe(401)
      expect((await api.v3('GET', `${path}/?limit=1`, undefined, key)).status).toBe(200)
    },
  )

  it('creates, refuses another method and asks for no key as without it', async () => {
    expect((await api.v3('POST', '/clients/', { name: 'Old' }, key)).status).toBe(201)
    const wrong = await api.v3('DELETE', '/clients/', undefined, key)
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    expect((await api.request('/healthz/')).status).toBe(200)
    expect((await api.request(`/api/v3/assets/${api.pictures[0].id}/data/`)).status).toBe(200)
    expect((await api.v3('GET', '/nothing/', undefined, key)).status).toBe(404)
  })
})

describe('a body that is sent as text, as fetch does by itself', () => {
  const post = async (path: string, body: string, type = 'text/plain;charset=UTF-8') => {
    const headers = { ...key, 'content-type': type }
    const response = await api.request(`/api/v3${path}`, { method: 'POST', headers, body })
    return { status: response.status, json: (await response.json()) as { status?: string } }
  }

  it.each(['{"by":"Anna","note":"Go"}', '', 'go', '"go"', '[1]'])('is none, unless it is JSON: %s', async (body) => {
    const job = await api.job()
    expect(await post(`/jobs/${job.id}/approve`, body)).toMatchObject({ status: 200, json: { status: 'approved' } })
    const { decidedBy, decisionNote } = await api.db.job.findUniqueOrThrow({ where: { id: job.id } })
    expect([decidedBy?.startsWith('Anna'), decisionNote]).toEqual(body.startsWith('{') ? [true, 'Go'] : [false, null])
  })

  it('is read where it may be left out: a version in it counts', async () => {
    const job = await api.job()
    expect((await post(`/jobs/${job.id}/approve`, '{"storyboard_version":7}')).status).toBe(409)
    expect((await post(`/jobs/${job.id}/cancel`, 'stop it')).status).toBe(200)
    expect((await post('/spending/pause', 'stop')).status).toBe(200)
    expect((await post('/spending/resume', '')).status).toBe(200)
  })

  it('is refused where one is needed, and where it is no text', async () => {
    expect((await post('/clients', '{"name":"x"}')).status).toBe(400)
    const job = await api.job()
    expect((await post(`/jobs/${job.id}/approve`, '<by/>', 'application/xml')).status).toBe(400)
    const deep = `{"note":${'['.repeat(100)}${']'.repeat(100)}}`
    expect((await post(`/jobs/${job.id}/approve`, deep)).status).toBe(400)
  })
})

describe('null', () => {
  const ask = (method: string, path: string, body: unknown) => api.v3(method, path, body, key)
  const film = async () => {
    const { id } = await api.film()
    await api.db.job.update({ where: { id }, data: { audioStatus: null, audioHash: null, audioSize: null } })
    return id
  }

  it('counts as absent where a field may be absent', async () => {
    const audio_params = { fade_duration: null, sync_mode: null, merge_with_video: null, error_strategy: null }
    expect((await ask('POST', '/audio/generate-scenes', { job_id: await film(), audio_params })).status).toBe(202)
    const job = await api.job()
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    const same = await ask('PATCH', at, { transition: null, asset_ids: null, duration: null })
    const { transition, firstAssetId, lastAssetId } = job.scenes[0] ?? {}
    expect(same).toMatchObject({ status: 200, json: { scene: { transition, asset_ids: [firstAssetId, lastAssetId] } } })
    const campaign = { name: 'Lakeside', client_id: api.client.id, status: null }
    expect(await ask('POST', '/campaigns', campaign)).toMatchObject({
      status: 201,
      json: { data: { status: 'active' } },
    })
    const unchanged = await ask('PATCH', `/campaigns/${api.campaign.id}`, { status: null })
    expect(unchanged).toMatchObject({ status: 200, json: { data: { status: 'active' } } })
  })
})

describe('what is wrong with a field', () => {
  it.each([
    ['/audio/generate-scenes', { audio_params: { sync_mode: 'loop' } }, 'must be one of trim, stretch, compress'],
    ['/audio/generate-scenes', { audio_params: { merge_with_video: 'maybe' } }, 'must be true or false'],
    ['/audio/generate-scenes', { audio_params: 'none' }, 'must be an object'],
    ['/assets/from-url', { url: 'x', tags: [1, 2] }, 'must be a string'],
    ['/jobs/from-image-pairs', { campaign_id, parameters: { audio_fade_duration: 11 } }, 'must be 10 at most'],
    ['/jobs/from-image-pairs', { campaign_id, parameters: { audio_fade_duration: -1 } }, 'must be 0 at least'],
    ['/jobs/from-image-pairs', { num_pairs: 1.5 }, 'must be a whole number'],
    ['/jobs/from-property-photos', { property_types: [' '] }, 'must not be empty'],
    ['/jobs/from-property-photos', { property_types: ['x'.repeat(101)] }, 'must have 100 characters at most'],
    ['/campaigns', { name: 'x', client_id: api.client.id, status: 5 }, 'must be a string'],
  ])('is said in our own words: %s %j', async (path, body, said) => {
    const { status, json } = await api.v3('POST', path, body, key)
    const { details } = json.error.details ? json.error : json
    expect({ status, said: Object.values(details).flat()[0] }).toEqual({ status: 422, said })
  })
})
