/** What the old system let callers do without saying so, and old frontends may do. */
import { afterAll, describe, expect, it } from 'vitest'
import { startJobApi } from '../api/sample-jobs.ts'

const api = await startJobApi({ API_AUTH_KEY: 'secret' })
afterAll(() => api.close())
const key = { 'x-api-key': 'secret' }
const { id } = await api.job()

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
