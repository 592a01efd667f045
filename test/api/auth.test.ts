import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { rawRequest } from './raw-request.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const REFUSAL = { error: 'missing or invalid x-api-key header' }

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ API_AUTH_KEY: 'first-secret, second-secret' })
})
afterAll(() => api.close())

describe('the API key', () => {
  it.each([
    ['X-API-Key', { 'x-api-key': 'first-secret' }],
    ['the second key of the list', { 'x-api-key': 'second-secret' }],
    ['Authorization: Bearer', { authorization: 'Bearer second-secret' }],
    ['a bearer scheme in lower case', { authorization: 'bearer first-secret' }],
  ])('is taken by %s', async (_, headers) => {
    expect((await api.call('GET', '/api/v3/clients', undefined, headers)).status).toBe(200)
  })

  it.each([
    ['missing', {}],
    ['wrong', { 'x-api-key': 'first-secre' }],
    ['the whole list', { 'x-api-key': 'first-secret, second-secret' }],
    ['empty', { 'x-api-key': '' }],
    ['of another scheme', { authorization: 'Basic first-secret' }],
  ])('is refused when %s, even where errors have a code', async (_, headers) => {
    for (const path of ['/api/v3/clients', '/api/v3/assets', '/api/v3/nothing', '/nothing']) {
      const { status, json } = await api.call('GET', path, undefined, headers as Record<string, string>)
      expect({ status, json }).toEqual({ status: 401, json: REFUSAL })
    }
  })

  it('refuses a change before it reads the body', async () => {
    const { status, json } = await api.call('POST', '/api/v3/clients', { name: 'Harbour Homes' })
    expect({ status, json }).toEqual({ status: 401, json: REFUSAL })
    expect(await api.db.client.count()).toBe(0)
  })

  it.each([
    ['GET', `/api/v3/assets/${UNKNOWN}/data`, 404],
    ['HEAD', `/api/v3/assets/${UNKNOWN}/data`, 404],
    ['GET', `/api/v3/assets/${UNKNOWN}/thumbnail`, 404],
    ['GET', '/api/v3/audio/segments/unknown', 404],
    ['GET', '/api/docs', 200],
    ['GET', '/api/openapi', 200],
    ['GET', '/api/openapi.json', 200],
    ['GET', '/healthz', 200],
    ['GET', '/readyz', 200],
    ['GET', '/readyz/', 200],
  ])('is not asked for by %s %s', async (method, path, status) => {
    expect((await api.request(path, { method })).status).toBe(status)
  })

  it.each([
    ['GET', `/api/v3/assets/${UNKNOWN}`],
    ['DELETE', `/api/v3/assets/${UNKNOWN}/data`],
    ['GET', `/api/v3/assets/x/y/data`],
    ['GET', `/api/v3/assets/x%2Fy`],
    ['GET', `/api/v3/clients/../assets//data`],
    ['POST', '/api/webhooks/replicate/more'],
    ['GET', '/healthz//'],
    ['GET', '/healthz/more'],
  ])('is asked for by %s %s', async (method, path) => {
    expect((await api.request(path, { method })).status).toBe(401)
  })

  it('is not asked of this machine for metrics, but of whoever a proxy here asks for', async () => {
    expect((await api.request('/metrics')).status).not.toBe(401)
    for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }]) {
      expect((await api.request('/metrics', { headers })).status).toBe(401)
    }
    expect((await rawRequest(api.port, 'GET', '/metrics', { host: 'video.example.com' })).status).toBe(401)
  })

  it('never stands in the log', async () => {
    await api.call('GET', '/api/v3/clients?key=first-secret', undefined, { 'x-api-key': 'first-secret' })
    expect(api.logLines.length).toBeGreaterThan(0)
    expect(api.logLines.join('')).not.toContain('secret')
  })
})
