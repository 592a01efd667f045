import { once } from 'node:events'
import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startJobApi } from './sample-jobs.ts'

type Api = Awaited<ReturnType<typeof startJobApi>>
let api: Api
const starting = (env: Record<string, string>) => {
  beforeEach(async () => {
    api = await startJobApi({ STORYBOARD_TIMEOUT: '0', ...env })
  })
}
afterEach(() => api.close())

describe('a limit for each key', () => {
  starting({ API_AUTH_KEY: 'one-key-of-many-digits,another-key-of-many-digits', RATE_LIMIT_PER_MINUTE: '3' })

  it('refuses what comes too often, says when to come back, and leaves other keys and probes alone', async () => {
    const ask = async (key: string) => api.call('GET', '/api/v3/clients', undefined, { 'x-api-key': key })
    for (const _ of [1, 2, 3]) expect((await ask('one-key-of-many-digits')).status).toBe(200)
    const refused = await ask('one-key-of-many-digits')
    expect(refused.status).toBe(429)
    expect(refused.json.error).toMatchObject({
      code: 'too_many_requests',
      message: expect.stringMatching(/3 requests within a minute.*RATE_LIMIT_PER_MINUTE.*Come back in \d+ s/),
    })
    expect(JSON.stringify(refused.json)).not.toContain('one-key')
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect((await ask('another-key-of-many-digits')).status).toBe(200)
    expect((await api.call('GET', '/healthz')).status).toBe(200)
  })

  it('counts a request with an Idempotency-Key once', async () => {
    const headers = { 'x-api-key': 'one-key-of-many-digits', 'idempotency-key': 'again' }
    const make = () => api.call('POST', '/api/v3/clients', { name: 'ACME' }, headers)
    expect([await make(), await make(), await make()].map(({ status }) => status)).toEqual([201, 201, 201])
    expect((await make()).status).toBe(429)
  })
})

describe('a limit for all that is worked on at once', () => {
  starting({ MAX_REQUESTS_AT_ONCE: '1' })

  it('refuses the next with 503, but not probes, and takes it once there is room', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' }
    const upload = request(`${api.url}/api/v3/assets`, { method: 'POST', headers })
    upload.on('error', () => {})
    upload.write('--x\r\n')
    const status = async (at: string) => (await api.call('GET', at)).status
    await expect.poll(() => status('/api/v3/clients'), { timeout: 10_000 }).toBe(503)
    const refused = await api.call('GET', '/api/v3/clients')
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.json.error.message).toMatch(/MAX_REQUESTS_AT_ONCE.*repeat/)
    expect(await status('/healthz')).toBe(200)
    upload.end('\r\n--x--\r\n')
    const [answer] = await once(upload, 'response')
    answer.resume()
    await expect.poll(() => status('/api/v3/clients'), { timeout: 10_000 }).toBe(200)
  })

  it('keeps the place of a request that was answered late until its work is done', async () => {
    const starting = Promise.withResolvers<void>()
    api.deps.workflows.start = () => starting.promise
    const { id } = await api.job()
    const late = await api.call('POST', `/api/v3/jobs/${id}/copy`)
    expect(late).toMatchObject({ status: 503, json: { error: expect.stringContaining('in time') } })
    expect(await api.call('GET', '/api/v3/clients')).toMatchObject({ status: 503 })
    starting.resolve()
    await expect.poll(async () => (await api.call('GET', '/api/v3/clients')).status, { timeout: 10_000 }).toBe(200)
  })
})

describe('a limit for the open jobs of a client', () => {
  starting({ MAX_OPEN_JOBS_PER_CLIENT: '1' })

  it('refuses another job or copy until one has ended, and leaves no trace of it', async () => {
    const make = () => api.call('POST', '/api/v3/jobs/from-image-pairs', { campaign_id: api.campaign.id })
    const first = await make()
    expect(first.status).toBe(201)
    const refused = await make()
    expect(refused.status).toBe(429)
    expect(refused.json.error).toMatch(/has 1 jobs that have not ended, and may have 1 \(MAX_OPEN_JOBS_PER_CLIENT\)/)
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(await api.db.job.count()).toBe(1)
    expect((await api.call('POST', `/api/v3/jobs/${first.json.job_id}/cancel`)).status).toBe(200)
    expect((await make()).status).toBe(201)
  })
})
