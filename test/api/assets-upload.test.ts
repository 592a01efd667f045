import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AssetApi, fileOf, startAssetApi } from './asset-api.ts'
import { m4a, mp4, picture, png, wav } from './sample-files.ts'

const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/)
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)

/** How far the pixels of a row are from white, on average and in red: blue on white lacks it. From 0 to 255. */
async function blueness(drawn: Sharp, top: number): Promise<number> {
  const row = drawn.clone().extract({ left: 0, top, width: 640, height: 1 })
  const [red] = (await sharp(await row.png().toBuffer()).stats()).channels
  return 255 - (red?.mean ?? 255)
}

let api: AssetApi
beforeAll(async () => {
  api = await startAssetApi()
})
afterAll(() => api.close())

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
    const { status, json } = await api.upload(api.photo, fields, '/api/v3/assets', 'Pier (ä).jpg')
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
        size: api.photo.length,
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
    expect((await api.dataOf(json.data)).equals(api.photo)).toBe(true)
    expect((await api.call('GET', `/api/v3/assets/${id}`)).json).toEqual(json)
    expect(await api.db.asset.findUnique({ where: { id } })).toMatchObject({ metadata: { room: 'kitchen' } })
    expect(await api.leftovers()).toEqual([])
  })

  it('may be a PNG, kept as it is', async () => {
    const file = await png()
    const { json } = await api.upload(file)
    expect(json.data).toMatchObject({
      type: 'image',
      format: 'png',
      userId: '',
      clientId: null,
      campaignId: null,
      name: 'a.bin',
    })
    expect((await api.dataOf(json.data)).equals(file)).toBe(true)
  })

  it.each(['webp', 'tiff', 'avif', 'gif'] as const)(
    'of %s is kept as JPEG, which every model takes',
    async (format) => {
      const { status, json } = await api.upload(await picture().toFormat(format).toBuffer())
      expect(status).toBe(201)
      expect(json.data).toMatchObject({ type: 'image', format: 'jpg', width: 64, height: 48 })
      expect(await sharp(await api.dataOf(json.data)).metadata()).toMatchObject({ format: 'jpeg', width: 64 })
    },
  )

  it('of a camera held sideways is kept upright', async () => {
    const sideways = await picture().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer()
    const { json } = await api.upload(sideways)
    expect(json.data).toMatchObject({ width: 48, height: 64 })
    const kept = await api.dataOf(json.data)
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
    const { json } = await api.upload(clear)
    expect((await sharp(await api.dataOf(json.data)).stats()).dominant).toMatchObject({ r: 248, g: 248, b: 248 })
  })

  it('of an enormous picture is kept at a size that models work with', async () => {
    const wide = await sharp({ create: { width: 9000, height: 60, channels: 3, background: '#123' } })
      .png()
      .toBuffer()
    const { json } = await api.upload(wide)
    expect(json.data).toMatchObject({ width: 5000, height: 33 })
  })

  it('of a video tells its length and gets a still', async () => {
    const { status, json } = await api.upload(await mp4(), {}, '/api/v3/assets/unified', 'walk.mov')
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
    const { status, json } = await api.upload(await make(), {}, '/api/v3/assets/unified')
    expect(status).toBe(201)
    expect(json.meta).toEqual({ has_thumbnail: false })
    expect(json.data).toMatchObject({
      type: 'audio',
      format,
      width: null,
      height: null,
      waveformUrl: `/api/v3/assets/${json.data.id}/thumbnail`,
    })
    expect(json.data.duration).toBeCloseTo(1, 1)
    expect((await api.request(json.data.url)).headers.get('content-type')).toMatch(contentType)
    const wave = await api.request(json.data.waveformUrl)
    expect(wave.headers.get('content-type')).toBe('image/jpeg')
    const drawn = sharp(Buffer.from(await wave.arrayBuffer()))
    expect(await drawn.metadata()).toMatchObject({ format: 'jpeg', width: 640, height: 160 })
    const [middle, edge] = await Promise.all([80, 4].map((top) => blueness(drawn, top)))
    expect(middle).toBeGreaterThan(100)
    expect(edge).toBeLessThan(10)
  })

  it('of an iPhone is kept as a JPEG, all its tiles, upright', async () => {
    const heic = await readFile(path.join(import.meta.dirname, '..', 'fixtures', 'heic', 'quarters.heic'))
    const { status, json } = await api.upload(heic, {}, '/api/v3/assets', 'IMG_0001.HEIC')
    expect(status).toBe(201)
    expect(json.data).toMatchObject({ type: 'image', format: 'jpg', width: 256, height: 256 })
    const pixels = await sharp(await api.dataOf(json.data))
      .resize(2, 2, { kernel: 'nearest' })
      .raw()
      .toBuffer()
    const rounded = [...pixels].map((level) => Math.round(level / 80))
    expect(rounded).toEqual([0, 2, 0, 3, 0, 0, 3, 3, 0, 0, 0, 3])
  })

  it('may say a type, but is what its bytes are', async () => {
    expect((await api.upload(api.photo, { asset_type: 'video' })).json.data.type).toBe('image')
    const { status, json } = await api.upload(api.photo, { type: 'document' })
    expect(status).toBe(400)
    expect(json.error).toBe('Invalid file format')
  })

  it('may have its fields after its file', async () => {
    const { campaign } = await api.campaign()
    const form = new FormData()
    form.set('file', fileOf(api.photo, 'a.jpg'))
    form.set('campaign_id', campaign.id)
    const response = await api.request('/api/v3/assets', { method: 'POST', body: form })
    expect(response.status).toBe(201)
    expect(((await response.json()) as { data: object }).data).toMatchObject({ campaignId: campaign.id })
  })

  it('may leave fields of its form blank', async () => {
    const { status, json } = await api.upload(api.photo, {
      campaign_id: '',
      client_id: ' ',
      name: '',
      tags: '',
      user_id: '',
    })
    expect(status).toBe(201)
    expect(json.data).toMatchObject({ campaignId: null, clientId: null, name: 'a.bin', tags: [], userId: '' })
  })

  it('may leave the file field of its form empty and name a URL instead', async () => {
    const fields = { source_url: `${api.origin.url}/photo.jpg` }
    expect((await api.upload(Buffer.alloc(0), fields, '/api/v3/assets', '')).json.data).toMatchObject({
      name: 'photo.jpg',
    })
  })
})
