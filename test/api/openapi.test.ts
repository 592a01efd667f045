/** The OpenAPI document is complete: whoever adds a route has to describe it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApp } from '../../api/app.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

interface Media {
  schema?: Record<string, unknown>
  example?: unknown
}
interface Described {
  description?: string
  content?: Record<string, Media>
  headers?: Record<string, { example?: unknown; schema?: { example?: unknown } }>
}
interface Operation {
  summary?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; schema: unknown }[]
  requestBody?: Described
  responses: Record<string, Described>
}
interface OpenApi {
  openapi: string
  security: unknown[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Record<string, unknown>>; securitySchemes: Record<string, unknown> }
}

let api: TestApi
let document: OpenApi
/** "GET /api/v3/jobs" and what is said of it. */
let operations: [name: string, operation: Operation][]

beforeAll(async () => {
  api = await startTestApi({ API_AUTH_KEY: 'a-key' })
  document = (await api.call('GET', '/api/openapi.json')).json as OpenApi
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )
})
afterAll(() => api.close())

/** The names of the operations of which it holds. */
const those = (holds: (operation: Operation, name: string) => boolean) =>
  operations.filter(([name, operation]) => holds(operation, name)).map(([name]) => name)

const bodiesOf = ([name, { requestBody, responses }]: [string, Operation]) =>
  Object.entries({ request: requestBody, ...responses }).flatMap(([of, body]) =>
    Object.entries(body?.content ?? {}).map(([type, media]) => ({ name: `${name} ${of}`, type, media })),
  )

describe('the OpenAPI document', () => {
  it('describes every route that the app has', () => {
    const mounted = createApp(api.deps).routes.filter(({ method }) => method !== 'ALL')
    const routes = new Set(mounted.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`))
    expect(document.openapi).toBe('3.1.0')
    expect([...routes].sort()).toEqual(operations.map(([name]) => name).sort())
  })

  it('gives every operation a summary of its own, and a tag that is described', () => {
    const described = document.tags.map(({ name }) => name)
    expect(those(({ summary }) => !summary?.trim())).toEqual([])
    expect(those(({ tags }) => !tags?.length || tags.some((tag) => !described.includes(tag)))).toEqual([])
  })

  it('says of every operation whether it takes a key, and what a wrong one gets', () => {
    const isOpen = ({ security }: Operation) => security?.length === 0
    const open = those(isOpen)
    expect(document.security).toHaveLength(Object.keys(document.components.securitySchemes).length)
    expect(those((operation) => !isOpen(operation) && !(401 in operation.responses))).toEqual([])
    expect(those((operation) => !isOpen(operation) && !(403 in operation.responses))).toEqual([])
    expect(open.sort()).toEqual([
      'DELETE /api/v3/session',
      'GET /api/docs',
      'GET /api/docs/scalar.js',
      'GET /api/openapi',
      'GET /api/openapi.json',
      'GET /api/v3/assets/{id}/data',
      'GET /api/v3/assets/{id}/thumbnail',
      'GET /api/v3/audio/segments/{token}',
      'GET /healthz',
      'GET /readyz',
      'POST /api/v3/session',
      'POST /api/webhooks/replicate',
    ])
  })

  it('describes the errors: 404 of what names something, 400, 413 and 422 of a body, 503 of all that looks at rows', () => {
    // Signing out takes the cookie back, and looks at nothing.
    const rows = (name: string) => name.includes('/api/v3/') && name !== 'DELETE /api/v3/session'
    const named = ({ parameters }: Operation) => parameters?.some((parameter) => parameter.in === 'path')
    const takesJson = ({ requestBody }: Operation) => requestBody?.content?.['application/json']
    const lacks = (status: number) => (operation: Operation) => !(status in operation.responses)
    expect(those((operation) => Boolean(named(operation)) && lacks(404)(operation))).toEqual([])
    for (const status of [400, 413, 422]) {
      expect(those((operation) => Boolean(takesJson(operation)) && lacks(status)(operation))).toEqual([])
    }
    expect(those((operation, name) => rows(name) && lacks(503)(operation))).toEqual([])
    expect(those(({ responses }) => !Object.keys(responses).some((status) => /^2/.test(status)))).toEqual([])
  })

  it('gives errors a body, in the form of their path', () => {
    const errors = operations.flatMap(([name, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => Number(status) >= 400)
        .map(([status, { content }]) => ({ name: `${name} ${status}`, media: content?.['application/json'] })),
    )
    const wrong = errors.filter(({ name, media }) => {
      if (name === 'GET /readyz 503') return false
      const { error } = (media?.example ?? {}) as { error?: unknown }
      const isCoded = /\/api\/v3\/(clients|campaigns)/.test(name) && !/ 401$/.test(name)
      return typeof error !== (isCoded ? 'object' : 'string')
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })

  it('gives every body of JSON or of a form an example', () => {
    const bodies = operations.flatMap(bodiesOf).filter(({ type }) => /json|form/.test(type))
    expect(bodies.length).toBeGreaterThan(300)
    expect(bodies.filter(({ media }) => media.example === undefined).map(({ name }) => name)).toEqual([])
  })

  it('has examples that its own schemas take', () => {
    const bodies = operations.flatMap(bodiesOf).filter(({ type }) => type === 'application/json')
    const examples = Object.fromEntries(bodies.map(({ name, media }) => [name, media.example]))
    const schemas = Object.fromEntries(bodies.map(({ name, media }) => [name, media.schema]))
    // As one schema: it is read only once.
    const whole = { type: 'object', properties: schemas, $defs: document.components.schemas }
    const checked = z.fromJSONSchema(JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')))
    const wrong = checked.safeParse(examples).error?.issues ?? []
    expect(wrong).toEqual([])
  })

  it('has examples of what the routes take', async () => {
    // Of an example nothing is wrong with a field: what may be wrong is that what it names is not there.
    for (const [name, { requestBody }] of operations) {
      const example = requestBody?.content?.['application/json']?.example
      if (example === undefined) continue
      const [method = '', path = ''] = name.split(' ')
      const answer = await api.call(method, path.replaceAll(/\{[^}]+\}/g, '7'), example, { 'x-api-key': 'a-key' })
      expect(JSON.stringify(answer.json?.details ?? {}), name).not.toMatch(/must be|is required|has more than/)
    }
  })
})
