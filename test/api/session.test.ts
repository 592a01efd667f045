import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDatabase, openedAs } from '../../prisma/client.ts'
import { sessionSecret } from '../../prisma/queries/session-secret.ts'
import { manageKeys } from '../../scripts/keys/manage-keys.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { makeKey } from './two-clients.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ API_AUTH_KEY: 'root-secret', CORS_ORIGINS: '*' })
})
afterAll(() => api.close())

async function signIn(key: string, headers: Record<string, string> = {}) {
  const answer = await api.call('POST', '/api/v3/session', { key }, headers)
  const [cookie = '', ...attributes] = (answer.headers.get('set-cookie') ?? '').split('; ')
  return { ...answer, cookie, attributes }
}
const withCookie = (cookie: string, method = 'GET', at = '/api/v3/clients', headers = {}) =>
  api.call(method, at, method === 'POST' ? { name: 'x' } : undefined, { cookie, ...headers })

describe('a session', () => {
  it('is had for a key and opens what the key opens', async () => {
    const { status, json, cookie, attributes } = await signIn('root-secret')
    expect(status).toBe(200)
    expect(json.data).toMatchObject({ role: 'operator', client_id: null, expires_at: expect.any(String) })
    expect(attributes.map((one) => one.replace(/=\d+$/, ''))).toEqual([
      'Max-Age',
      'Path=/',
      'HttpOnly',
      'SameSite=Strict',
    ])
    expect((await withCookie(cookie)).status).toBe(200)
    expect((await withCookie(cookie, 'POST')).status).toBe(201)
    expect((await withCookie(cookie, 'GET', '/api/v3/session')).json).toEqual(json)
  })

  it('has the role of its key', async () => {
    const { cookie, json } = await signIn(await makeKey(api, 'Anna', 'creator'))
    expect(json.data).toMatchObject({ name: 'Anna', role: 'creator' })
    expect((await withCookie(cookie, 'POST', '/api/v3/jobs/1/approve')).status).toBe(403)
  })

  it.each([['wrong'], ['root-secre'], ['root-secret, other']])('is not had for the key "%s"', async (key) => {
    const { status, headers } = await signIn(key)
    expect(status).toBe(401)
    expect(headers.get('set-cookie')).toBeNull()
  })

  it('takes a key, and says so', async () => {
    expect(await api.call('POST', '/api/v3/session', {})).toMatchObject({
      status: 422,
      json: { details: { key: ['is required'] } },
    })
  })

  it('ends with its key', async () => {
    const key = await makeKey(api, 'Ben', 'creator')
    const { cookie } = await signIn(key)
    expect((await withCookie(cookie)).status).toBe(200)
    const { id } = await api.db.apiKey.findFirstOrThrow({ where: { name: 'Ben' } })
    await manageKeys(api.db, api.deps.config, ['revoke', id])
    await expect.poll(async () => (await withCookie(cookie)).status, { timeout: 5_000 }).toBe(401)
  })

  it('ends with all others when an operator says so, on each server when it next looks at what signs them', async () => {
    const { cookie } = await signIn('root-secret')
    const elsewhere = await openDatabase(openedAs(api.db).location)
    expect(await manageKeys(elsewhere, api.deps.config, ['end-sessions'])).toEqual([
      expect.stringMatching(/sign in again/),
    ])
    await elsewhere.$disconnect()
    vi.useFakeTimers({ now: Date.now() + 2_001, toFake: ['Date'] })
    try {
      expect((await withCookie(cookie)).status).toBe(401)
      expect((await withCookie((await signIn('root-secret')).cookie)).status).toBe(200)
    } finally {
      vi.useRealTimers()
    }
  })

  it('ends by itself', async () => {
    const { cookie } = await signIn('root-secret')
    vi.useFakeTimers({ now: Date.now() + 8 * 24 * 60 * 60_000, toFake: ['Date'] })
    try {
      expect((await withCookie(cookie)).status).toBe(401)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is not to be forged or changed', async () => {
    const { cookie } = await signIn('root-secret')
    const creator = await signIn(await makeKey(api, 'Cleo', 'creator'))
    const signature = creator.cookie.split('.').at(-1)
    for (const forged of [
      cookie.replace(/\.\d+\./, '.99999999999.'),
      cookie.replace(/[^.]+$/, signature ?? ''),
      cookie.replace(/[^.]+$/, '0'.repeat(64)),
      cookie.replace(/\.[^.]+$/, ''),
      'greenlight_session=',
    ]) {
      expect((await withCookie(forged)).status).toBe(401)
    }
    expect(cookie).not.toContain(await sessionSecret(api.db))
    expect(cookie).not.toContain('root-secret')
  })

  it('counts for our own pages alone: another origin brings a key of its own', async () => {
    const { cookie } = await signIn('root-secret')
    const foreign = { origin: 'https://elsewhere.example' }
    expect((await withCookie(cookie, 'POST', '/api/v3/clients', foreign)).status).toBe(401)
    expect((await withCookie(cookie, 'POST', '/api/v3/clients', { origin: api.url })).status).toBe(201)
    const both = { ...foreign, 'x-api-key': 'root-secret' }
    expect((await withCookie(cookie, 'POST', '/api/v3/clients', both)).status).toBe(201)
  })

  it('is taken back by signing out, with or without one', async () => {
    const { cookie } = await signIn('root-secret')
    for (const headers of [{ cookie }, {}] as Record<string, string>[]) {
      const { status, headers: answered } = await api.call('DELETE', '/api/v3/session', undefined, headers)
      expect(status).toBe(204)
      expect(answered.get('set-cookie')).toMatch(/^greenlight_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict/)
    }
  })

  it.each([
    ['X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }],
    ['Origin', { origin: 'https://studio.example' }],
  ])('is Secure when %s says https', async (_, headers) => {
    expect((await signIn('root-secret', headers as Record<string, string>)).attributes).toContain('Secure')
  })
})

describe('without a session', () => {
  it('GET /session asks for a key', async () => {
    expect((await api.call('GET', '/api/v3/session')).status).toBe(401)
  })

  it('GET /session says who asks, in the open mode too', async () => {
    const open = await startTestApi()
    const data = { name: 'anyone on this machine', role: 'operator', client_id: null, expires_at: null }
    expect((await open.call('GET', '/api/v3/session')).json).toEqual({ data })
    await open.close()
  })
})
