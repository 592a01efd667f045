import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAsset } from '../../prisma/queries/assets.ts'
import { type AssetApi, MAX_UPLOAD_BYTES, startAssetApi, UNKNOWN } from './asset-api.ts'

let api: AssetApi
beforeAll(async () => {
  api = await startAssetApi()
})
afterAll(() => api.close())

describe('an asset in JSON', () => {
  it.each([(base64: string) => base64, (base64: string) => `data:image/jpeg;base64,${base64}`])(
    'may carry its bytes as base64 (%#)',
    async (encode) => {
      const { campaign, client } = await api.campaign()
      const blob_data = encode(api.photo.toString('base64'))
      const body = { blob_data, campaign_id: campaign.id, name: 'From JSON', tags: ['a'], metadata: { n: 1 } }
      const { status, json } = await api.call('POST', '/api/v3/assets', body)
      expect(status).toBe(201)
      expect(json.data).toMatchObject({
        name: 'From JSON',
        tags: ['a'],
        clientId: client.id,
        format: 'jpg',
        sourceUrl: null,
      })
      expect((await api.dataOf(json.data)).equals(api.photo)).toBe(true)
    },
  )

  it('may name the URL of its bytes in any of three ways', async () => {
    for (const field of ['source_url', 'sourceUrl', 'url']) {
      const url = `${api.origin.url}/photo%20of%20pier.jpg?size=large`
      const { status, json } = await api.call('POST', '/api/v3/assets', { [field]: url, type: 'image' })
      expect(status).toBe(201)
      expect(json.data).toMatchObject({ sourceUrl: url, name: 'photo of pier.jpg', width: 64, size: api.photo.length })
    }
  })

  it.each([
    [{}, 400, { error: 'Either file upload or source_url must be provided' }],
    [{ blob_data: '', source_url: '' }, 400, { error: 'Either file upload or source_url must be provided' }],
    [{ blob_data: 'not base64!' }, 422, { error: 'Validation failed', details: { blob_data: ['is not base64'] } }],
    [{ blob_data: 'aGVsbG8=' }, 400, { error: 'Invalid file format', reason: expect.any(String) }],
    [{ source_url: 5 }, 422, { error: 'Validation failed', details: { source_url: ['must be a string'] } }],
    [
      { url: 'x', tags: [1], metadata: [] },
      422,
      { error: 'Validation failed', details: { 'tags.0': [expect.any(String)], metadata: ['must be an object'] } },
    ],
    [[], 422, { error: 'Validation failed', details: { body: ['must be a JSON object'] } }],
  ])('is refused: %j', async (body, status, json) => {
    const answer = await api.call('POST', '/api/v3/assets', body)
    expect({ status: answer.status, json: answer.json }).toEqual({ status, json })
  })

  it('is refused when its base64 holds too much', async () => {
    const blob_data = Buffer.alloc(MAX_UPLOAD_BYTES + 1).toString('base64')
    expect((await api.call('POST', '/api/v3/assets', { blob_data })).status).toBe(413)
  })

  it.each([
    'http://127.0.0.1:1/a.jpg',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'nonsense',
    '/photo.jpg',
  ])('does not fetch %s', async (source_url) => {
    for (const at of ['/api/v3/assets', '/api/v3/assets/from-url', '/api/v3/assets/unified']) {
      const { status, json } = await api.call('POST', at, { source_url })
      expect(status).toBe(400)
      expect(json).toEqual({ error: 'Failed to download from URL', reason: expect.stringMatching(/^.+\.?$/) })
    }
  })
})

describe('an asset from a URL', () => {
  it('is downloaded when it is created', async () => {
    const { status, json } = await api.call('POST', '/api/v3/assets/from-url', {
      url: `${api.origin.url}/photo.jpg`,
      name: 'Pier',
    })
    expect(status).toBe(201)
    expect(json.data).toMatchObject({ name: 'Pier', type: 'image', sourceUrl: `${api.origin.url}/photo.jpg` })
    expect((await api.dataOf(json.data)).equals(api.photo)).toBe(true)
  })

  it.each([[{}], [{ source_url: '' }], [{ source_url: null, blob_data: 'aGVsbG8=' }]])(
    'needs one: %j',
    async (body) => {
      const { status, json } = await api.call('POST', '/api/v3/assets/from-url', body)
      expect({ status, json }).toEqual({ status: 400, json: { error: 'source_url is required' } })
    },
  )

  it('is refused when the URL gives nothing, or no picture', async () => {
    const missing = await api.call('POST', '/api/v3/assets/from-url', { source_url: `${api.origin.url}/missing` })
    expect(missing.json).toEqual({ error: 'Failed to download from URL', reason: `${api.origin.host} answered 404.` })
    const page = await api.call('POST', '/api/v3/assets/from-url', { source_url: `${api.origin.url}/page.jpg` })
    expect(page.status).toBe(400)
    expect(page.json.error).toBe('Invalid file format')
  })
})

describe('assets from several URLs', () => {
  it.each(['assets', 'items', 'requests', 'sources'])(
    'are created in order, those that fail told apart (%s)',
    async (list) => {
      const { campaign, client } = await api.campaign()
      const sources = [
        { sourceUrl: `${api.origin.url}/photo1.jpg`, name: 'One' },
        { source_url: `${api.origin.url}/missing` },
        `${api.origin.url}/photo2.jpg`,
        { url: `${api.origin.url}/photo3.jpg`, campaign_id: UNKNOWN },
        { name: 'No URL' },
        7,
      ]
      const { status, json } = await api.call('POST', '/api/v3/assets/from-urls', {
        [list]: sources,
        campaignId: campaign.id,
      })
      expect(status).toBe(201)
      expect(json.data).toMatchObject([
        { name: 'One', campaignId: campaign.id, clientId: client.id },
        { name: 'photo2.jpg', campaignId: campaign.id },
      ])
      expect(json.meta).toEqual({
        created: 2,
        failed: 4,
        errors: [
          {
            source: `${api.origin.url}/missing`,
            error: `Failed to download from URL: ${api.origin.host} answered 404.`,
          },
          { source: `${api.origin.url}/photo3.jpg`, error: 'Campaign not found' },
          { source: null, error: 'source_url is required' },
          { source: null, error: 'Validation failed: body must be a JSON object' },
        ],
      })
    },
  )

  it.each([{}, { assets: [] }, { assets: 'x' }, { assets: null }, { items: {} }])('need a list: %j', async (body) => {
    const { status, json } = await api.call('POST', '/api/v3/assets/from-urls', body)
    expect({ status, json }).toEqual({ status: 400, json: { error: 'assets must be a non-empty array' } })
  })

  it('are 500 at most', async () => {
    const assets = Array.from({ length: 501 }, () => `${api.origin.url}/missing`)
    expect(await api.call('POST', '/api/v3/assets/from-urls', { assets })).toMatchObject({
      status: 422,
      json: { error: 'Validation failed', details: { assets: ['has 501 entries: send 500 at most in one request'] } },
    })
    expect((await api.call('POST', '/api/v3/assets/from-urls', { assets: assets.slice(0, 9) })).status).toBe(201)
  })

  /** Asks for held pictures and hangs up once the first of them are being fetched. */
  async function leave(name: string, headers: Record<string, string> = {}) {
    const left = new AbortController()
    const body = JSON.stringify({ assets: Array.from({ length: 6 }, (_, n) => `${api.origin.url}/held-${name}-${n}`) })
    const init = { method: 'POST', body, signal: left.signal }
    const type = { 'content-type': 'application/json' }
    const answer = api.request('/api/v3/assets/from-urls', { ...init, headers: { ...type, ...headers } })
    const asked = () => api.origin.asked.filter((url) => url.includes(name)).length
    await expect.poll(asked).toBe(4)
    left.abort()
    await expect(answer).rejects.toThrow()
    return asked
  }

  it('are not fetched for a caller that has left', async () => {
    const asked = await leave('alone')
    await expect.poll(api.leftovers, { timeout: 5_000 }).toEqual([])
    expect(asked()).toBe(4)
  })

  it('are fetched for one that has left and can come back for the answer', async () => {
    const asked = await leave('kept', { 'idempotency-key': 'come-back' })
    const there = () => api.db.asset.count({ where: { sourceUrl: { contains: '/held-kept-' } } })
    const released = async () => {
      api.release()
      return there()
    }
    await expect.poll(released, { timeout: 5_000 }).toBe(6)
    expect(asked()).toBe(6)
  })
})

describe('an asset that has only a URL', () => {
  const imported = (sourceUrl: string | null) => createAsset(api.db, { name: 'Imported', type: 'image', sourceUrl })

  it('is fetched when it is first served, once for all who ask', async () => {
    const asset = await imported(`${api.origin.url}/photo-once.jpg`)
    const at = `/api/v3/assets/${asset.id}`
    expect((await api.call('GET', at)).json.data).toMatchObject({ size: null, width: null, format: null })
    const answers = await Promise.all(['data', 'thumbnail', 'data', 'data'].map((kind) => api.request(`${at}/${kind}`)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(Buffer.from(await (await api.request(`${at}/data`)).arrayBuffer()).equals(api.photo)).toBe(true)
    expect(api.origin.asked.filter((url) => url === '/photo-once.jpg')).toHaveLength(1)
    expect((await api.call('GET', at)).json.data).toMatchObject({ size: api.photo.length, width: 64, format: 'jpg' })
  })

  it.each([
    ['is gone', () => `${api.origin.url}/missing`, /answered 404/],
    ['gives no picture', () => `${api.origin.url}/page.jpg`, /neither an image/],
    ['leads inward', () => 'http://127.0.0.1:1/a.jpg', /not a public address/],
    ['was never given', () => null, /never uploaded/],
  ])('is answered 502 when the URL %s', async (_, url, reason) => {
    const { id } = await imported(url())
    for (const kind of ['data', 'thumbnail']) {
      const { status, json } = await api.call('GET', `/api/v3/assets/${id}/${kind}`)
      expect(status).toBe(502)
      expect(json).toEqual({
        error: "The asset's source_url gives no usable bytes",
        reason: expect.stringMatching(reason),
      })
    }
  })
})
