import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertSafeToListen } from '../../api/origin.ts'
import { readConfig } from '../../config.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { rawRequest } from './raw-request.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const STUDIO = 'https://studio.example.com'

describe('without a key', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi({ CORS_ORIGINS: `${STUDIO}/` })
  })
  afterAll(() => api.close())
  const ask = (method: string, path: string, headers: Record<string, string>) =>
    rawRequest(api.port, method, path, headers)

  it.each(['localhost:4000', '127.0.0.1', '127.8.9.1:80', '[::1]:4000', 'LOCALHOST'])('answers as %s', async (host) => {
    expect((await ask('GET', '/api/v3/clients', { host })).status).toBe(200)
  })

  it.each([
    'evil.example',
    'evil.example:4000',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.7',
    'a.ngrok.app',
  ])('does not answer as %s, which a rebound name or a tunnel would make it', async (host) => {
    for (const [method, path] of [
      ['GET', '/api/v3/clients'],
      ['POST', '/api/v3/assets'],
      ['GET', '/nothing'],
    ] as const) {
      const { status, body } = await ask(method, path, { host })
      expect(status).toBe(403)
      expect(JSON.parse(body).error).toContain('API_AUTH_KEY')
    }
  })

  it('serves assets and probes under any host, because the provider fetches through a tunnel', async () => {
    const host = 'a.ngrok.app'
    expect((await ask('GET', `/api/v3/assets/${UNKNOWN}/data?t=token`, { host })).status).toBe(404)
    expect((await ask('GET', '/healthz', { host })).status).toBe(200)
  })

  it.each(['https://evil.example', 'null', 'http://localhost:9999'])(
    'refuses a change that a page of %s asks for',
    async (origin) => {
      const host = `127.0.0.1:${api.port}`
      expect((await ask('POST', '/api/v3/clients', { host, origin })).status).toBe(403)
      expect((await ask('DELETE', `/api/v3/clients/${UNKNOWN}`, { host, origin })).status).toBe(403)
      const preflight = { host, origin, 'access-control-request-method': 'POST' }
      const { status, headers } = await ask('OPTIONS', '/api/v3/clients', preflight)
      expect(status).toBe(403)
      expect(headers['access-control-allow-origin']).toBeUndefined()
    },
  )

  it('lets a foreign page read nothing: its GET is answered, but without leave to look at the answer', async () => {
    const { status, headers } = await ask('GET', '/api/v3/clients', { origin: 'https://evil.example' })
    expect(status).toBe(200)
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('takes changes from its own pages', async () => {
    const origin = `http://127.0.0.1:${api.port}`
    expect((await api.call('POST', '/api/v3/clients', { name: 'Own' }, { origin })).status).toBe(201)
  })

  it('takes changes from an origin that CORS_ORIGINS lists, and answers its preflight', async () => {
    const host = `127.0.0.1:${api.port}`
    const preflight = await ask('OPTIONS', '/api/v3/clients', {
      host,
      origin: STUDIO,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'content-type,x-api-key',
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': STUDIO,
      'access-control-allow-headers': 'content-type,x-api-key',
    })
    expect(preflight.headers['access-control-allow-methods']).toContain('PATCH')

    const { status, headers } = await api.call('POST', '/api/v3/clients', { name: 'Listed' }, { origin: STUDIO })
    expect(status).toBe(201)
    expect(headers.get('access-control-allow-origin')).toBe(STUDIO)
    expect(headers.get('vary')).toContain('Origin')
  })

  it('says in its refusals, too, who may read them', async () => {
    const { status, headers } = await api.call('POST', '/api/v3/clients', {}, { origin: STUDIO })
    expect(status).toBe(422)
    expect(headers.get('access-control-allow-origin')).toBe(STUDIO)
  })
})

describe('with a key', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi({ API_AUTH_KEY: 'secret', CORS_ORIGINS: '*' })
  })
  afterAll(() => api.close())

  it('answers under any host', async () => {
    const answer = await rawRequest(api.port, 'GET', '/api/v3/clients', {
      host: 'api.example.com',
      'x-api-key': 'secret',
    })
    expect(answer.status).toBe(200)
  })

  it('takes * for any origin, still asking for the key', async () => {
    const origin = 'https://anywhere.example'
    const preflight = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' }
    expect((await rawRequest(api.port, 'OPTIONS', '/api/v3/clients', preflight)).status).toBe(204)
    const body = { name: 'Anywhere' }
    const refused = await api.call('POST', '/api/v3/clients', body, { origin })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
    const taken = await api.call('POST', '/api/v3/clients', body, { origin, 'x-api-key': 'secret' })
    expect(taken.status).toBe(201)
    expect(taken.headers.get('access-control-allow-origin')).toBe(origin)
    // Without this a browser keeps the answer from a page that sent the session cookie along.
    expect(taken.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('with a key, behind a proxy that rewrites Host', () => {
  it('takes changes from pages under PUBLIC_BASE_URL', async () => {
    const api = await startTestApi({ API_AUTH_KEY: 'secret', PUBLIC_BASE_URL: 'https://video.example.com/app' })
    const from = (origin: string) =>
      rawRequest(api.port, 'POST', '/api/v3/clients', { host: 'internal:4000', origin, 'x-api-key': 'secret' })
    expect((await from('https://video.example.com')).status).toBe(422)
    expect((await from('https://other.example.com')).status).toBe(403)
    await api.close()
  })
})

describe('before it listens', () => {
  const check = (env: Record<string, string>) => () => assertSafeToListen(readConfig(env))

  it.each([
    {},
    { HOST: '::1' },
    { HOST: 'localhost' },
    { HOST: '0.0.0.0', API_AUTH_KEY: 'k' },
    { CORS_ORIGINS: '*', API_AUTH_KEY: 'k' },
  ])('finds %o safe', (env) => expect(check(env as Record<string, string>)).not.toThrow())

  it.each([
    [{ HOST: '0.0.0.0' }, 'API_AUTH_KEY'],
    [{ HOST: '::' }, 'API_AUTH_KEY'],
    [{ HOST: '192.168.1.4' }, 'API_AUTH_KEY'],
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS'],
  ])('refuses %o and says what to set', (env, named) => {
    expect(check(env as Record<string, string>)).toThrow(named)
  })
})
