import http from 'node:http'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AssetApi, fileOf, MAX_UPLOAD_BYTES, startAssetApi, UNKNOWN } from './asset-api.ts'
import { mp4, png } from './sample-files.ts'

let api: AssetApi
beforeAll(async () => {
  api = await startAssetApi()
})
afterAll(() => api.close())

describe('an upload that is refused', () => {
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
    ['the head of a JPEG', () => api.photo.subarray(0, 300)],
    ['the head of a PNG', async () => (await png(400, 300)).subarray(0, 600)],
    ['the head of a video', async () => (await mp4()).subarray(0, 1500)],
    [
      'a playlist that calls itself MP4',
      () => Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom#EXTM3U\nfile:///etc/passwd'),
    ],
  ])('of %s is refused', async (_, file) => {
    const before = await api.db.asset.count()
    const { status, json } = await api.upload(await file(), {}, '/api/v3/assets', 'photo.jpg')
    expect(status).toBe(400)
    expect(json).toEqual({ error: 'Invalid file format', reason: expect.stringMatching(/^[A-Z].*\.$/) })
    expect(json.reason).not.toContain(api.folder)
    expect(await api.db.asset.count()).toBe(before)
    expect(await api.leftovers()).toEqual([])
  })

  it('of more pixels than memory holds is refused before it is decoded', async () => {
    const file = await png()
    file.writeUInt32BE(60_000, 16)
    file.writeUInt32BE(50_000, 20)
    file.writeUInt32BE(crc32(file.subarray(12, 29)), 29)
    const { status, json } = await api.upload(file)
    expect(status).toBe(400)
    expect(json.reason).toBe('The picture is 60000 × 50000 pixels: scale it down.')
  })

  it.each([
    ['campaign', { campaign_id: UNKNOWN }, 'Campaign not found'],
    ['campaign whose id is no id', { campaign_id: 'x' }, 'Campaign not found'],
    ['client', { client_id: UNKNOWN }, 'Client not found'],
  ])('for an unknown %s is refused', async (_, fields, error) => {
    expect(await api.upload(api.photo, fields as unknown as Record<string, string>)).toEqual({
      status: 404,
      json: { error },
    })
  })

  it('for a campaign of another client is refused', async () => {
    const [one, other] = [await api.campaign(), await api.campaign()]
    const { status, json } = await api.upload(api.photo, { campaign_id: one.campaign.id, client_id: other.client.id })
    expect(status).toBe(422)
    expect(json).toEqual({ error: 'Validation failed', details: { client_id: ["is not the campaign's client"] } })
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
    expect(await api.leftovers()).toEqual([])
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
    expect(await api.leftovers()).toEqual([])
  })

  it('whose sender leaves in the middle leaves nothing behind', async () => {
    const before = await api.db.asset.count()
    const request = http.request(`${api.url}/api/v3/assets`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': 200_000 },
    })
    request.on('error', () => {})
    request.write(`--x\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n${'y'.repeat(50_000)}`)
    await expect.poll(api.leftovers).toHaveLength(1)
    request.destroy()
    await expect.poll(api.leftovers, { timeout: 10_000 }).toHaveLength(0)
    expect(await api.db.asset.count()).toBe(before)
  })
})
