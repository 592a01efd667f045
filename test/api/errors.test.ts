import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { MediaError } from '../../media/index.ts'
import type { Database } from '../../prisma/client.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const post = (path: string, body: string, type = 'application/json') =>
  api.request(path, { method: 'POST', body, headers: { 'content-type': type } })

/** The app on a database whose every query fails in one way. */
function appWhoseDatabase(fails: () => Error) {
  const table = {
    findUnique: () => Promise.reject(fails()),
    findMany: () => Promise.reject(fails()),
    count: () => Promise.reject(fails()),
  }
  const db = { client: table, asset: table, $queryRawUnsafe: () => Promise.reject(fails()) }
  return createApp({ ...api.deps, db: db as unknown as Database })
}
const local = { headers: { host: 'localhost' } }

describe('errors', () => {
  it('have a code for clients and campaigns, and are a sentence elsewhere', async () => {
    expect((await api.call('GET', '/api/v3/clients/x')).json).toEqual({
      error: { message: 'Client not found', code: 'not_found' },
    })
    expect((await api.call('GET', '/api/v3/assets/x')).json).toEqual({ error: 'Asset not found' })
  })

  it.each(['{"name":', 'name=x', '{name: "x"}'])('answer 400 to %s, which is not JSON', async (body) => {
    const coded = await post('/api/v3/clients', body)
    expect(coded.status).toBe(400)
    expect(await coded.json()).toEqual({ error: { message: 'The body is not valid JSON', code: 'bad_request' } })
    const plain = await post('/api/v3/assets/from-url', body)
    expect(plain.status).toBe(400)
    expect(await plain.json()).toEqual({ error: 'The body is not valid JSON' })
    expect((await post('/api/v3/assets', body)).status).toBe(400)
  })

  it('answer 400 to a body of another content type', async () => {
    for (const path of ['/api/v3/clients', '/api/v3/assets', '/api/v3/assets/from-urls']) {
      expect((await post(path, 'name=x', 'application/x-www-form-urlencoded')).status).toBe(400)
    }
  })

  it('take an empty body for an empty object', async () => {
    const response = await post('/api/v3/clients', '')
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ error: { details: { name: ['is required'] } } })
  })

  it('answer 413 to JSON that is larger than 2 MiB, announced or not', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024) })
    const announced = await post('/api/v3/clients', body)
    expect(announced.status).toBe(413)
    expect(await announced.json()).toMatchObject({ error: { code: 'too_large' } })
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body))
        controller.close()
      },
    })
    const init = { method: 'POST', body: chunked, duplex: 'half', headers: { 'content-type': 'application/json' } }
    expect((await api.request('/api/v3/clients', init as RequestInit)).status).toBe(413)
  })

  it('answer 404 in JSON where there is nothing', async () => {
    const { status, json } = await api.call('GET', '/api/v3/nothing')
    expect({ status, json }).toEqual({ status: 404, json: { error: 'There is nothing at /api/v3/nothing' } })
    expect((await api.call('GET', '/api/v3/clients/x/nothing')).json.error.code).toBe('not_found')
  })

  it('answer 405 with what is allowed to another method', async () => {
    const { status, headers, json } = await api.call('DELETE', '/api/v3/assets')
    expect(status).toBe(405)
    expect(headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST'])
    expect(json.error).toContain('DELETE')
    const put = await api.call('PUT', `/api/v3/assets/${UNKNOWN}/data`)
    expect(put.status).toBe(405)
    expect(put.headers.get('allow')).toBe('GET, HEAD')
  })

  it('answer 405 where a path with a parameter would take the name of a route for an id', async () => {
    for (const path of ['/assets/from-url', '/assets/unified', '/jobs/from-image-pairs']) {
      for (const method of ['GET', 'DELETE', 'OPTIONS']) {
        const { status, headers } = await api.call(method, `/api/v3${path}`)
        expect({ path, method, status, allow: headers.get('allow') }).toEqual({
          path,
          method,
          status: 405,
          allow: 'POST',
        })
      }
    }
  })

  it('of an unforeseen kind say nothing of what happened, but where to look', async () => {
    const app = appWhoseDatabase(() => new Error('password=hunter2 at /srv/db'))
    const response = await app.request('/api/v3/assets', { headers: { ...local.headers, 'x-request-id': 'req-7' } })
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({ error: 'Something went wrong here. The log has it as request req-7.' })
    const coded = await app.request('/api/v3/clients', local)
    expect(await coded.json()).toMatchObject({ error: { code: 'internal_error' } })
    expect(api.logLines.some((line) => line.includes('req-7') && line.includes('hunter2'))).toBe(true)
  })

  it.each([
    ['a database that is locked for too long', () => Object.assign(new Error('locked'), { code: 'P1008' }), 'database'],
    [
      'a Temporal that is away',
      () =>
        new Error('Failed to start Workflow', {
          cause: Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'No connection established' }),
        }),
      'Temporal',
    ],
  ])('of %s are 503 and say when to come again', async (_, fails, named) => {
    const response = await appWhoseDatabase(fails).request('/api/v3/assets', local)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(((await response.json()) as { error: string }).error).toContain(named)
  })

  it.each([
    ['Node', () => Object.assign(new Error('write'), { code: 'ENOSPC' })],
    ['SQLite', () => new Error('The query failed', { cause: new Error('database or disk is full') })],
    ['ffmpeg', () => new MediaError('failed', 'ffmpeg could not cut the film: No space left on device')],
  ])('of a full disk, as %s tells it, are 503 and say what is to be done', async (_, fails) => {
    const response = await appWhoseDatabase(fails).request('/api/v3/assets', local)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('60')
    expect(await response.json()).toEqual({
      error: 'The disk of this server is full: make room on it, then try again.',
    })
  })
})

describe('the request id', () => {
  it('is taken over when it is sane', async () => {
    const { headers } = await api.call('GET', '/api/v3/clients', undefined, { 'x-request-id': 'trace:1.2_3-4' })
    expect(headers.get('x-request-id')).toBe('trace:1.2_3-4')
    const line = api.logLines.map((text) => JSON.parse(text)).find(({ requestId }) => requestId === 'trace:1.2_3-4')
    expect(line).toMatchObject({ method: 'GET', path: '/api/v3/clients', status: 200 })
  })

  it.each(['has spaces', 'x'.repeat(200), '{"a":1}'])('is drawn anew instead of %s', async (given) => {
    const { headers } = await api.call('GET', '/api/v3/clients', undefined, { 'x-request-id': given })
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each([
    ['GET', '/api/v3/nothing'],
    ['GET', '/api/v3/assets/x'],
    ['DELETE', '/api/v3/assets'],
    ['HEAD', '/healthz'],
  ])('is in the answer to %s %s', async (method, path) => {
    expect((await api.request(path, { method })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('goes with a log that keeps tokens to itself', async () => {
    await api.request('/api/v3/audio/segments/unguessable-token?x=unguessable-query')
    expect(api.logLines.join('')).not.toContain('unguessable')
  })
})

describe('health', () => {
  it('is told of the process and of what it needs', async () => {
    expect((await api.call('GET', '/healthz')).json).toEqual({ status: 'ok' })
    const ready = await api.call('GET', '/readyz')
    expect({ status: ready.status, json: ready.json }).toEqual({
      status: 200,
      json: { status: 'ready', checks: { database: 'ok' } },
    })
  })

  it('is 503 when the database does not answer, while the process is up', async () => {
    const app = appWhoseDatabase(() => new Error('disk I/O error'))
    expect((await app.request('/healthz')).status).toBe(200)
    const ready = await app.request('/readyz')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({ status: 'unavailable', checks: { database: 'failed' } })
  })
})

describe('the OpenAPI document', () => {
  it('names the ways to send the key, and the routes that want none', async () => {
    const { json } = await api.call('GET', '/api/openapi')
    expect(json.components.securitySchemes).toMatchObject({
      ApiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      Bearer: { type: 'http', scheme: 'bearer' },
      Session: { type: 'apiKey', in: 'cookie', name: 'greenlight_session' },
    })
    expect(json.paths['/api/v3/assets/{id}/data'].get.security).toEqual([])
    expect(json.paths['/api/v3/clients'].get.security).toBeUndefined()
  })

  it('refers to nothing that it does not hold', async () => {
    const { json } = await api.call('GET', '/api/openapi')
    const references = JSON.stringify(json).match(/#\/components\/schemas\/\w+/g) ?? []
    expect(references.length).toBeGreaterThan(0)
    for (const reference of references)
      expect(json.components.schemas).toHaveProperty([reference.split('/').at(-1) ?? ''])
  })
})
