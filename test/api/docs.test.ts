import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isOpenRoute } from '../../api/open-routes.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document, read as it comes
type Operation = any

let api: TestApi
let operations: { name: string; method: string; path: string; operation: Operation }[]
// biome-ignore lint/suspicious/noExplicitAny: a document, read as it comes
let document: any
beforeAll(async () => {
  api = await startTestApi({ API_AUTH_KEY: 'a-key-of-the-tests' })
  document = (await api.call('GET', '/api/openapi.json')).json
  operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, method, path, operation })),
  )
})
afterAll(() => api?.close())

describe('the documentation page', () => {
  it('needs no key and nothing from elsewhere, and says so in a policy of its own', async () => {
    const page = await api.request('/api/docs')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/default-src 'none'; script-src 'self';/)
    const text = await page.text()
    expect(text).not.toMatch(/https?:\/\//)
    const configuration = /data-configuration="([^"]+)"/.exec(text)?.[1]?.replaceAll('&quot;', '"') ?? ''
    expect(JSON.parse(configuration)).toMatchObject({ withDefaultFonts: false, telemetry: false, proxyUrl: '' })
    expect((await api.request('/api/v3/jobs/1')).headers.get('content-security-policy')).toBeNull()
  })

  it('brings its script whole, packed or not', async () => {
    for (const encoding of ['br', 'identity']) {
      const script = await api.request('/api/docs/scalar.js', { headers: { 'accept-encoding': encoding } })
      expect(script.headers.get('content-type')).toMatch(/^text\/javascript/)
      expect(script.headers.get('content-encoding')).toBe(encoding === 'br' ? 'br' : null)
      const hash = createHash('sha256')
        .update(Buffer.from(await script.arrayBuffer()))
        .digest('hex')
      expect(hash).toBe('bf091006bdc3af6067af77c2f534812e3e633e94a94e87138069f570f33b762c')
    }
  })
})

describe('the OpenAPI document', () => {
  it('is the same at both addresses', async () => {
    expect((await api.call('GET', '/api/openapi')).json).toEqual(document)
    expect(document.openapi).toBe('3.1.0')
  })

  it('says of every route what it is for, whom it asks for a key, and how it refuses', () => {
    expect(operations.length).toBeGreaterThan(30)
    for (const { name, method, path, operation } of operations) {
      expect(operation.summary, name).toBeTruthy()
      expect(operation.tags?.length, name).toBeGreaterThan(0)
      const open = isOpenRoute(method.toUpperCase(), path) || (path === '/api/v3/session' && method !== 'get')
      expect(operation.security?.length === 0, name).toBe(open)
      expect('401' in operation.responses || open, name).toBe(true)
      const succeeds = Object.keys(operation.responses).some((status) => /^[23]/.test(status))
      expect(succeeds, name).toBe(true)
      if (!open) expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['401', '403', '503']))
      if (operation.requestBody) expect(Object.keys(operation.responses), name).toContain('413')
    }
  })

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(50)
    for (const [, name = ''] of references) expect(document.components.schemas, name).toHaveProperty([name])
  })

  it('says truly where a key is asked for', async () => {
    for (const { name, method, path, operation } of operations) {
      // From this machine the figures need none.
      if (operation.security?.length === 0 || path === '/metrics') continue
      const answer = await api.request(path.replaceAll(/\{\w+\}/g, '1'), { method: method.toUpperCase() })
      await answer.body?.cancel()
      expect(answer.status, name).toBe(401)
    }
  })
})
