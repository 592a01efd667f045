import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shapeOf } from '../../api/json-shape.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

describe('a body', () => {
  it.each(['text/plain', 'application/octet-stream', 'multipart/form-data; boundary=x'])(
    'of the open webhook route is not held in memory without a limit: %s',
    async (type) => {
      const body = new Blob([new Uint8Array(8 * 1024 * 1024)])
      const response = await api.request('/api/webhooks/replicate', {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      })
      expect(response.status).toBe(413)
    },
  )

  it('that is nested absurdly deep is refused with a sentence, not with 500', async () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    const response = await api.request('/api/v3/clients', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"name":"ACME","metadata":{"deep":${deep}}}`,
    })
    expect(response.status).toBe(400)
    expect(JSON.stringify(await response.json())).toContain('64 levels')
  })

  it('may have any number of brackets in its texts', async () => {
    const response = await api.request('/api/v3/clients', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ACME', description: `${'['.repeat(500)} "{" \\` }),
    })
    expect(response.status).toBe(201)
  })

  it.each(['num_pairs', 'clip_duration', 'parameters'])('takes null for an absent %s', async (field) => {
    const response = await api.request('/api/v3/jobs/from-image-pairs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [field]: null }),
    })
    expect(await response.json()).toMatchObject({ error: 'campaign_id is required' })
  })
})

describe('the shape of a JSON text', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
  const unlimited = { depth: Number.POSITIVE_INFINITY, beside: Number.POSITIVE_INFINITY }

  it('is as deep as what it is parsed to, whatever its texts hold', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', '}', 'a') })
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: fc.constantFrom('"', '\\', '[', '}', 'a') }), text, (value, last) => {
        expect(shapeOf(JSON.stringify([value, last]), unlimited).depth).toBe(depthOf([value, last]))
      }),
    )
  })

  it('counts what stands beside the texts', () => {
    expect(shapeOf('{"some text":["a \\" b",1]}', unlimited)).toEqual({ depth: 2, beside: 9 })
  })

  it('is known soon, however many quotes are escaped', () => {
    const began = performance.now()
    shapeOf(`{"name":"${'\\"'.repeat(1_000_000)}`, unlimited)
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})
