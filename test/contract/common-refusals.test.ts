/** What every route refuses alike, tried on each route for which the OpenAPI document promises it. */
import { DriverAdapterError } from '@prisma/driver-adapter-utils'
import { afterAll, describe, expect, it } from 'vitest'
import { openedAs } from '../../prisma/client.ts'
import { rawRequest } from '../api/raw-request.ts'
import { startTestApi } from '../support/test-api.ts'
import { bodyOf, type DescribedRoute, describedRoutes, hasCodedErrors, pathOf } from './every-route.ts'

const KEY = { 'x-api-key': 'root' }
const open = await startTestApi()
const keyed = await startTestApi({ API_AUTH_KEY: 'root' })
afterAll(() => Promise.all([open.close(), keyed.close()]))

const routes = await describedRoutes(open)
const promising = (status: number) => {
  const promised = routes.filter(({ statuses }) => statuses.includes(status))
  return promised.map((route): [string, string, DescribedRoute] => [route.method, route.template, route])
}

/** The sentence of a refusal, in the form that its path has. */
function sentenceOf(template: string, body: unknown): string {
  const { error } = body as { error: unknown }
  if (!hasCodedErrors(template)) return String(error)
  const { message, code } = error as { message: string; code: string }
  expect(code).toMatch(/^[a-z_]+$/)
  return message
}

describe('a body that is not JSON', () => {
  it.each(promising(400).filter(([, , { takesJson }]) => takesJson))(
    'is refused by %s %s',
    async (method, _, route) => {
      const headers = { ...KEY, 'content-type': 'application/json' }
      const response = await keyed.request(pathOf(route), { method, headers, body: '{"name":' })
      expect(response.status).toBe(400)
      expect(sentenceOf(route.template, await response.json())).toBe('The body is not valid JSON')
    },
  )
})

describe('a request without a key', () => {
  it.each(promising(401).filter(([, template]) => template !== '/api/v3/session'))(
    'is refused by %s %s',
    async (method, _, route) => {
      // From this machine itself the metrics are open.
      const headers = { 'x-forwarded-for': '203.0.113.9' }
      const { status, json } = await keyed.call(method, pathOf(route), bodyOf(route), headers)
      expect(status).toBe(401)
      if (route.asksForKey) expect(json).toEqual({ error: 'missing or invalid x-api-key header' })
      else expect(json.error).toMatch(/^The webhook is not genuine: /)
    },
  )
})

describe('a request under a foreign name, or from a foreign page', () => {
  it.each(promising(403))('is refused by %s %s', async (method, _, route) => {
    const foreign: Record<string, string> = route.asksForKey
      ? { host: 'evil.example' }
      : { origin: 'https://evil.example' }
    const { status, body } = await rawRequest(open.port, method, pathOf(route), foreign)
    expect(status).toBe(403)
    expect(JSON.parse(body).error).toMatch(/API_AUTH_KEY|CORS_ORIGINS/)
  })
})

describe('a method that a path does not have', () => {
  const paths = [...new Set(routes.map(({ template }) => template)), '/api/openapi', '/api/openapi.json']

  it.each(paths)('is refused by %s, with those that it has', async (template) => {
    const path = pathOf({ template })
    const own = routes.filter((route) => route.template === template).map(({ method }) => method)
    const allowed = (await open.request(path, { method: 'PURGE' })).headers.get('allow')?.split(', ') ?? []
    expect(allowed).toEqual(expect.arrayContaining(own))
    const other = ['PUT', 'PATCH', 'DELETE', 'POST', 'GET'].find((method) => !allowed.includes(method)) ?? 'PURGE'
    const { status, headers, json } = await open.call(other, path)
    expect(status).toBe(405)
    expect(headers.get('allow')?.split(', ')).toEqual(allowed)
    expect(sentenceOf(template, json)).toBe(`${other} is not allowed here`)
  })
})

describe('a body that is larger than what is taken', () => {
  it.each(promising(413))('is refused by %s %s as soon as it is announced', async (method, _, route) => {
    const announced = { ...KEY, 'content-type': 'application/json', 'content-length': String(200 * 1024 * 1024) }
    const { status, body, headers } = await rawRequest(keyed.port, method, pathOf(route), announced)
    expect(status).toBe(413)
    expect(headers.connection).toBe('close')
    expect(sentenceOf(route.template, JSON.parse(body))).toMatch(/larger than the \d+ bytes/)
  })
})

describe('without a database', () => {
  const locked = () => Promise.reject(new DriverAdapterError({ kind: 'SocketTimeout' }))
  const cut = startTestApi({ API_AUTH_KEY: 'root' }).then((api) => {
    Object.assign(openedAs(api.db).connection, { queryRaw: locked, executeRaw: locked, startTransaction: locked })
    return api
  })
  afterAll(async () => (await cut).close())

  it.each(promising(503))('%s %s says so, and when to come back', async (method, template, route) => {
    const api = await cut
    // A key of the configuration needs no row; who a stranger is would have to be looked up.
    const looksAtNoOther = ['/api/v3/session', '/api/v3/models'].includes(template)
    const key = looksAtNoOther ? { 'x-api-key': 'a-stranger' } : KEY
    const query = template === '/api/webhooks/replicate' ? '?token=some-token' : ''
    const { status, headers, json } = await api.call(method, pathOf(route) + query, bodyOf(route), key)
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('5')
    if (template === '/readyz') expect(json).toEqual({ status: 'unavailable', checks: { database: 'failed' } })
    else expect(sentenceOf(template, json)).toBe("The database can't be reached right now. Try again in a few seconds.")
  })
})

describe('a key that has made as many requests as it may', () => {
  const limited = startTestApi({ API_AUTH_KEY: 'root', RATE_LIMIT_PER_MINUTE: '1' })
  afterAll(async () => (await limited).close())

  it.each(promising(429))('is refused by %s %s, which says when to come back', async (method, template, route) => {
    const api = await limited
    // From this machine itself the metrics are open.
    const headers = { ...KEY, 'x-forwarded-for': '203.0.113.9' }
    await api.call('GET', '/api/v3/models', undefined, headers)
    const refused = await api.call(method, pathOf(route), bodyOf(route), headers)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(sentenceOf(template, refused.json)).toMatch(/RATE_LIMIT_PER_MINUTE/)
  })
})
