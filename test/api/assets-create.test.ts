import { readdir } from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAsset } from '../../prisma/queries/assets.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { startOriginServer } from './origin-server.ts'
import { jpeg, m4a, mp4, picture, png, wav } from './sample-files.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/)
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
const MAX_UPLOAD_BYTES = 300_000

let api: TestApi
let origin: Awaited<ReturnType<typeof startOriginServer>>
let photo: Buffer
beforeAll(async () => {
  photo = await jpeg()
  origin = await startOriginServer((request, response) => {
    if (request.url?.startsWith('/photo')) return response.end(photo)
    if (request.url === '/page.jpg') return response.end('<html>not a photo</html>')
    response.writeHead(404).end()
  })
  api = await startTestApi({ MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES), ALLOWED_PRIVATE_HOSTS: origin.host })
})
afterAll(async () => {
  origin.close()
  await api.close()
})

const fileOf = (bytes: Buffer, name: string) => new File([new Uint8Array(bytes)], name)

async function upload(file: Buffer, fields: Record<string, string> = {}, at = '/api/v3/assets', name = 'a.bin') {
  const form = new FormData()
  for (const [key, value] of Object.entries(fields)) form.set(key, value)
  form.set('file', fileOf(file, name))
  const response = await api.request(at, { method: 'POST', body: form })
  return { status: response.status, json: JSON.parse(await response.text()) }
}

async function dataOf(asset: { url: string }): Promise<Buffer> {
  return Buffer.from(await (await api.request(asset.url)).arrayBuffer())
}

/** Files that an upload left behind where uploads are worked on. */
const leftovers = () => readdir(path.join(api.folder, 'incoming'))

describe('an upload', () => {
  it('becomes an asset as the contract has it, and its bytes come back', async () => {
    const { client, campaign } = await api.campaign()
    const fields = {
      campaignId: campaign.id,
      description: 'Seen from the pier',
      tags: 'lake, summer',
      metadata: '{"room":"kitchen"}',
      userId: 'u-1',
    }
    const { status, json } = await upload(photo, fields, '/api/v3/assets', 'Pier (ä).jpg')
    expect(status).toBe(201)
    const { id } = json.data
    expect(json).toEqual({
      data: {
        id: UUID,
        userId: 'u-1',
        clientId: client.id,
        campaignId: campaign.id,
        name: 'Pier (ä).jpg',
        url: `/api/v3/assets/${id}/data`,
        size: photo.length,
        uploadedAt: TIME,
        description: 'Seen from the pier',
        tags: ['lake', 'summer'],
        thumbnailBlobId: expect.stringMatching(/^[0-9a-f]{64}$/),
        sourceUrl: null,
        type: 'image',
        format: 'jpg',
        width: 64,
        height: 48,
      },
    })
    expect((await dataOf(json.data)).equals(photo)).toBe(true)
    expect((await api.call('GET', `/api/v3/assets/${id}`)).json).toEqual(json)
    expect(await api.db.asset.findUnique({ where: { id } })).toMatchObject({ metadata: { room: 'kitchen' } })
    expect(await leftovers()).toEqual([])
  })

  it('may be a PNG, kept as it is', async () => {
    const file = await png()
    const { json } = await upload(file)
    expect(json.data).toMatchObject({
      type: 'image',
      format: 'png',
      userId: '',
      clientId: null,
      campaignId: null,
      name: 'a.bin',
    })
    expect((await dataOf(json.data)).equals(file)).toBe(true)
  })

  it.each(['webp', 'tiff', 'avif', 'gif'] as const)(
    'of %s is kept as JPEG, which every model takes',
    async (format) => {
      const { status, json } = await upload(await picture().toFormat(format).toBuffer())
      expect(status).toBe(201)
      expect(json.data).toMatchObject({ type: 'image', format: 'jpg', width: 64, height: 48 })
      expect(await sharp(await dataOf(json.data)).metadata()).toMatchObject({ format: 'jpeg', width: 64 })
    },
  )

  it('of a camera held sideways is kept upright', async () => {
    const sideways = await picture().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer()
    const { json } = await upload(sideways)
    expect(json.data).toMatchObject({ width: 48, height: 64 })
    const kept = await dataOf(json.data)
    expect((await sharp(kept).metadata()).orientation ?? 1).toBe(1)
    const half = async (top: number) =>
      sharp(await sharp(kept).extract({ left: 0, top, width: 48, height: 32 }).toBuffer())
    const [top, bottom] = [(await (await half(0)).stats()).dominant, (await (await half(32)).stats()).dominant]
    expect(top.r).toBeGreaterThan(150)
    expect(bottom.b).toBeGreaterThan(150)
  })

  it('of a transparent picture gets a white ground when it is converted', async () => {
    const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: '#0000' } })
      .webp()
      .toBuffer()
    const { json } = await upload(clear)
    expect((await sharp(await dataOf(json.data)).stats()).dominant).toMatchObject({ r: 248, g: 248, b: 248 })
  })

  it('of an enormous picture is kept at a size that models work with', async () => {
    const wide = await sharp({ create: { width: 9000, height: 60, channels: 3, background: '#123' } })
      .png()
      .toBuffer()
    const { json } = await upload(wide)
    expect(json.data).toMatchObject({ width: 5000, height: 33 })
  })

  it('of a video tells its length and gets a still', async () => {
    const { status, json } = await upload(await mp4(), {}, '/api/v3/assets/unified', 'walk.mov')
    expect(status).toBe(201)
    expect(json.meta).toEqual({ has_thumbnail: true })
    const { id } = json.data
    expect(json.data).toMatchObject({ type: 'video', format: 'mp4', width: 64, height: 48, name: 'walk.mov' })
    expect(json.data.duration).toBeCloseTo(1, 1)
    expect(json.data.thumbnailUrl).toBe(`/api/v3/assets/${id}/thumbnail`)
    const still = await api.request(json.data.thumbnailUrl)
    expect(still.headers.get('content-type')).toBe('image/jpeg')
    expect(await sharp(Buffer.from(await still.arrayBuffer())).metadata()).toMatchObject({ format: 'jpeg', width: 64 })
    const data = await api.request(json.data.url)
    expect(data.headers.get('content-type')).toBe('video/mp4')
    expect(data.headers.get('content-disposition')).toContain('filename="walk.mp4"')
  })

  it.each([
    ['WAV', wav, 'wav', /^audio\/(x-)?wav$/],
    ['an MP4 without a picture', m4a, 'm4a', /^audio\/mp4$/],
  ])('of %s is sound', async (_, make, format, contentType) => {
    const { status, json } = await upload(await make(), {}, '/api/v3/assets/unified')
    expect(status).toBe(201)
    expect(json.meta).toEqual({ has_thumbnail: false })
    expect(json.data).toMatchObject({
      type: 'audio',
      format,
      width: null,
      height: null,
      waveformUrl: null,
      thumbnailBlobId: null,
    })
    expect(json.data.duration).toBeCloseTo(1, 1)
    expect((await api.request(json.data.url)).headers.get('content-type')).toMatch(contentType)
    const still = await api.call('GET', `/api/v3/assets/${json.data.id}/thumbnail`)
    expect({ status: still.status, json: still.json }).toEqual({ status: 404, json: { error: 'Thumbnail not found' } })
  })

  it.each([
    ['text', () => Buffer.from('hello')],
    ['nothing', () => Buffer.alloc(0)],
    [
      'an SVG',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'),
    ],
    ['an SVG with a declaration', () => Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a page', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a PDF', () => Buffer.from('%PDF-1.7\n1 0 obj\n')],
    ['the head of a JPEG', () => photo.subarray(0, 300)],
    ['the head of a PNG', async () => (await png(400, 300)).subarray(0, 600)],
    ['the head of a video', async () => (await mp4()).subarray(0, 1500)],
    [
      'a playlist that calls itself MP4',
      () => Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom#EXTM3U\nfile:///etc/passwd'),
    ],
  ])('of %s is refused', async (_, file) => {
    const before = await api.db.asset.count()
    const { status, json } = await upload(await file(), {}, '/api/v3/assets', 'photo.jpg')
    expect(status).toBe(400)
    expect(json).toEqual({ error: 'Invalid file format', reason: expect.stringMatching(/^[A-Z].*\.$/) })
    expect(json.reason).not.toContain(api.folder)
    expect(await api.db.asset.count()).toBe(before)
    expect(await leftovers()).toEqual([])
  })

  it('may say a type, but is what its bytes are', async () => {
    expect((await upload(photo, { asset_type: 'video' })).json.data.type).toBe('image')
    const { status, json } = await upload(photo, { type: 'document' })
    expect(status).toBe(400)
    expect(json.error).toBe('Invalid file format')
  })

  it('may have its fields after its file', async () => {
    const { campaign } = await api.campaign()
    const form = new FormData()
    form.set('file', fileOf(photo, 'a.jpg'))
    form.set('campaign_id', campaign.id)
    const response = await api.request('/api/v3/assets', { method: 'POST', body: form })
    expect(response.status).toBe(201)
    expect(((await response.json()) as { data: object }).data).toMatchObject({ campaignId: campaign.id })
  })

  it.each([
    ['campaign', { campaign_id: UNKNOWN }, 'Campaign not found'],
    ['campaign whose id is no id', { campaign_id: 'x' }, 'Campaign not found'],
    ['client', { client_id: UNKNOWN }, 'Client not found'],
  ])('for an unknown %s is refused', async (_, fields, error) => {
    expect(await upload(photo, fields as unknown as Record<string, string>)).toEqual({ status: 404, json: { error } })
  })

  it('for a campaign of another client is refused', async () => {
    const [one, other] = [await api.campaign(), await api.campaign()]
    const { status, json } = await upload(photo, { campaign_id: one.campaign.id, client_id: other.client.id })
    expect(status).toBe(422)
    expect(json).toEqual({ error: 'Validation failed', details: { client_id: ["is not the campaign's client"] } })
  })

  it('may leave the file field of its form empty and name a URL instead', async () => {
    const fields = { source_url: `${origin.url}/photo.jpg` }
    expect((await upload(Buffer.alloc(0), fields, '/api/v3/assets', '')).json.data).toMatchObject({ name: 'photo.jpg' })
  })

  it('without a file is refused', async () => {
    const form = new FormData()
    form.set('name', 'nothing')
    const response = await api.request('/api/v3/assets', { method: 'POST', body: form })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'Either file upload or source_url must be provided' })
  })

  it.each([
    ['a little', 'announced', 1],
    ['a little', 'not announced', 1],
    ['far', 'announced', 2 * 1024 * 1024],
    ['far', 'not announced', 2 * 1024 * 1024],
  ])('that is too large by %s, its size %s, is refused', async (_, announced, tooMany) => {
    const form = new FormData()
    form.set('file', fileOf(Buffer.alloc(MAX_UPLOAD_BYTES + tooMany), 'a.jpg'))
    const encoded = new Response(form)
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '' }
    const body = announced === 'announced' ? await encoded.arrayBuffer() : encoded.body
    const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit
    const response = await api.request('/api/v3/assets', init)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ max_bytes: MAX_UPLOAD_BYTES })
    expect(await leftovers()).toEqual([])
  })

  it.each([
    ['without a boundary', 'multipart/form-data', '--x\r\n\r\n--x--'],
    [
      'cut off',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    ],
    ['that is none', 'multipart/form-data; boundary=x', 'hello'],
  ])('in a form %s is refused', async (_, type, body) => {
    const response = await api.request('/api/v3/assets', { method: 'POST', body, headers: { 'content-type': type } })
    expect(response.status).toBe(400)
    expect(await leftovers()).toEqual([])
  })

  it('whose sender leaves in the middle leaves nothing behind', async () => {
    const before = await api.db.asset.count()
    const request = http.request(`${api.url}/api/v3/assets`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': 200_000 },
    })
    request.on('error', () => {})
    request.write(`--x\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n${'y'.repeat(50_000)}`)
    await expect.poll(leftovers).toHaveLength(1)
    request.destroy()
    await expect.poll(leftovers, { timeout: 10_000 }).toHaveLength(0)
    expect(await api.db.asset.count()).toBe(before)
  })
})

describe('an asset in JSON', () => {
  it.each([(base64: string) => base64, (base64: string) => `data:image/jpeg;base64,${base64}`])(
    'may carry its bytes as base64 (%#)',
    async (encode) => {
      const { campaign, client } = await api.campaign()
      const blob_data = encode(photo.toString('base64'))
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
      expect((await dataOf(json.data)).equals(photo)).toBe(true)
    },
  )

  it('may name the URL of its bytes in any of three ways', async () => {
    for (const field of ['source_url', 'sourceUrl', 'url']) {
      const url = `${origin.url}/photo%20of%20pier.jpg?size=large`
      const { status, json } = await api.call('POST', '/api/v3/assets', { [field]: url, type: 'image' })
      expect(status).toBe(201)
      expect(json.data).toMatchObject({ sourceUrl: url, name: 'photo of pier.jpg', width: 64, size: photo.length })
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
      url: `${origin.url}/photo.jpg`,
      name: 'Pier',
    })
    expect(status).toBe(201)
    expect(json.data).toMatchObject({ name: 'Pier', type: 'image', sourceUrl: `${origin.url}/photo.jpg` })
    expect((await dataOf(json.data)).equals(photo)).toBe(true)
  })

  it.each([[{}], [{ source_url: '' }], [{ source_url: null, blob_data: 'aGVsbG8=' }]])(
    'needs one: %j',
    async (body) => {
      const { status, json } = await api.call('POST', '/api/v3/assets/from-url', body)
      expect({ status, json }).toEqual({ status: 400, json: { error: 'source_url is required' } })
    },
  )

  it('is refused when the URL gives nothing, or no picture', async () => {
    const missing = await api.call('POST', '/api/v3/assets/from-url', { source_url: `${origin.url}/missing` })
    expect(missing.json).toEqual({ error: 'Failed to download from URL', reason: `${origin.host} answered 404.` })
    const page = await api.call('POST', '/api/v3/assets/from-url', { source_url: `${origin.url}/page.jpg` })
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
        { sourceUrl: `${origin.url}/photo1.jpg`, name: 'One' },
        { source_url: `${origin.url}/missing` },
        `${origin.url}/photo2.jpg`,
        { url: `${origin.url}/photo3.jpg`, campaign_id: UNKNOWN },
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
          { source: `${origin.url}/missing`, error: `Failed to download from URL: ${origin.host} answered 404.` },
          { source: `${origin.url}/photo3.jpg`, error: 'Campaign not found' },
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
})

describe('an asset that has only a URL', () => {
  const imported = (sourceUrl: string | null) => createAsset(api.db, { name: 'Imported', type: 'image', sourceUrl })

  it('is fetched when it is first served, once for all who ask', async () => {
    const asset = await imported(`${origin.url}/photo-once.jpg`)
    const at = `/api/v3/assets/${asset.id}`
    expect((await api.call('GET', at)).json.data).toMatchObject({ size: null, width: null, format: null })
    const answers = await Promise.all(['data', 'thumbnail', 'data', 'data'].map((kind) => api.request(`${at}/${kind}`)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(Buffer.from(await (await api.request(`${at}/data`)).arrayBuffer()).equals(photo)).toBe(true)
    expect(origin.asked.filter((url) => url === '/photo-once.jpg')).toHaveLength(1)
    expect((await api.call('GET', at)).json.data).toMatchObject({ size: photo.length, width: 64, format: 'jpg' })
  })

  it.each([
    ['is gone', () => `${origin.url}/missing`, /answered 404/],
    ['gives no picture', () => `${origin.url}/page.jpg`, /neither an image/],
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
