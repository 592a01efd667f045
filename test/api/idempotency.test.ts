import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { bodyDigest } from '../../api/idempotency/body-digest.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { jpeg } from './sample-files.ts'
import { makeKey } from './two-clients.ts'

let api: TestApi
/** What starting a workflow waits for. */
let starting: Promise<void> = Promise.resolve()
const start = vi.fn(() => starting)
const workflows = { start } as never
beforeAll(async () => {
  api = await startTestApi({ API_AUTH_KEY: 'root', STORYBOARD_TIMEOUT: '0' }, { workflows })
})
afterAll(() => api.close())

let key = ''
let count = 0
beforeEach(() => {
  count += 1
  key = `key-${count}`
})
const post = (at: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', `/api/v3${at}`, body, { 'x-api-key': 'root', 'idempotency-key': key, ...headers })

describe('a POST that is sent again with its Idempotency-Key', () => {
  it('has its effect once and gets the same answer', async () => {
    const first = await post('/clients', { name: 'Once' })
    const again = await post('/clients', { name: 'Once' })
    expect(first.status).toBe(201)
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect({ status: again.status, json: again.json }).toEqual({ status: 201, json: first.json })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
    expect(await api.db.client.count({ where: { name: 'Once' } })).toBe(1)
  })

  it('has one line in the log and counts once, although it runs beside its connection', async () => {
    api.logLines.length = 0
    await post('/clients', { name: 'Logged' })
    expect(api.logLines.filter((line) => line.includes('"path":"/api/v3/clients"')).length).toBe(1)
  })

  it('is refused when it is another request', async () => {
    await post('/clients', { name: 'One' })
    expect((await post('/clients', { name: 'Other' })).status).toBe(422)
    expect((await post('/campaigns', { name: 'One' })).status).toBe(422)
    expect(await api.db.client.count({ where: { name: 'Other' } })).toBe(0)
  })

  it('is told to wait while the first is worked on, and starts one workflow', async () => {
    const { campaign } = await withPhotos()
    const started = Promise.withResolvers<void>()
    starting = started.promise
    const path = `/campaigns/${campaign.id}/create-job`
    const first = post(path, { num_scenes: 1 })
    await expect.poll(() => api.db.job.count({ where: { campaignId: campaign.id } })).toBe(1)
    const meanwhile = await post(path, { num_scenes: 1 })
    expect(meanwhile.status).toBe(409)
    expect(meanwhile.headers.get('retry-after')).toBe('2')
    expect((await post(path, { num_scenes: 2 })).status).toBe(422)
    started.resolve()
    const { status, json } = await first
    expect(status).toBe(201)
    expect(await post(path, { num_scenes: 1 })).toMatchObject({ status: 201, json })
    expect(await api.db.job.count({ where: { campaignId: campaign.id } })).toBe(1)
  })

  it('has one effect when all come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('/clients', { name: 'Crowd' })))
    const made = answers.filter(({ status }) => status === 201)
    expect(made.length).toBeGreaterThan(0)
    expect(new Set(made.map(({ json }) => json.data.id)).size).toBe(1)
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
    expect(await api.db.client.count({ where: { name: 'Crowd' } })).toBe(1)
  })

  it('goes on with the job of a server that died before it answered', async () => {
    const { campaign } = await withPhotos()
    const never = Promise.withResolvers<void>()
    starting = never.promise
    const body = { campaign_id: campaign.id }
    start.mockClear()
    const lost = post('/jobs/from-image-pairs', body)
    await expect.poll(() => start, { timeout: 10_000 }).toHaveBeenCalled()
    const { id } = await api.db.job.findFirstOrThrow({ where: { campaignId: campaign.id } })
    starting = Promise.resolve()
    expect((await post('/jobs/from-image-pairs', body)).status).toBe(409)
    await leaseIsOver()
    expect((await post('/jobs/from-image-pairs', { ...body, num_pairs: 1 })).status).toBe(422)
    expect(await post('/jobs/from-image-pairs', body)).toMatchObject({ status: 201, json: { job_id: id } })
    expect(await api.db.job.count({ where: { campaignId: campaign.id } })).toBe(1)
    never.resolve()
    await lost
  })

  it('goes on with the job of a request that failed after it had created it, and makes another of one whose job failed', async () => {
    const { campaign } = await withPhotos()
    const create = () => post('/jobs/from-image-pairs', { campaign_id: campaign.id })
    const locked = () => {
      starting = Promise.resolve()
      vi.spyOn(api.db.job, 'findUnique').mockRejectedValueOnce(new Error('the database is locked'))
    }
    locked()
    expect((await create()).status).toBe(500)
    const { id } = await api.db.job.findFirstOrThrow({ where: { campaignId: campaign.id } })
    expect(await create()).toMatchObject({ status: 201, json: { job_id: id } })
    expect(await create()).toMatchObject({ status: 201, json: { job_id: id } })

    key = `${key}-failed`
    locked()
    expect((await create()).status).toBe(500)
    const other = { campaignId: campaign.id, id: { not: id } }
    await api.db.job.updateMany({ where: other, data: { status: 'failed' } })
    locked()
    expect((await create()).status).toBe(500)
    expect((await create()).status).toBe(201)
    expect(await api.db.job.count({ where: other })).toBe(2)
  })

  it('runs when the server of the first died before it did anything', async () => {
    await post('/clients', { name: 'Lost' })
    await api.db.client.deleteMany({ where: { name: 'Lost' } })
    await api.db.idempotentRequest.updateMany({ where: { key }, data: { status: null, body: null } })
    expect((await post('/clients', { name: 'Lost' })).status).toBe(409)
    await leaseIsOver()
    expect((await post('/clients', { name: 'Lost' })).status).toBe(201)
    expect(await api.db.client.count({ where: { name: 'Lost' } })).toBe(1)
  })

  it('may be corrected after a refusal, which had no effect', async () => {
    expect((await post('/clients', { name: '' })).status).toBe(422)
    expect((await post('/clients', { name: 'Corrected' })).status).toBe(201)
  })

  it('is another request when another key of the API sends it', async () => {
    const other = await makeKey(api, 'Anna', 'creator')
    const first = await post('/clients', { name: 'Shared' })
    const second = await post('/clients', { name: 'Shared' }, { 'x-api-key': other })
    expect(second.status).toBe(201)
    expect(second.json.data.id).not.toBe(first.json.data.id)
  })

  it('is forgotten after 24 hours', async () => {
    await post('/clients', { name: 'Daily' })
    const yesterday = new Date(Date.now() - 24 * 60 * 60_000 - 1_000)
    await api.db.idempotentRequest.updateMany({ where: { key }, data: { insertedAt: yesterday } })
    expect((await post('/clients', { name: 'Daily' })).status).toBe(201)
    expect(await api.db.client.count({ where: { name: 'Daily' } })).toBe(2)
    expect(await api.db.idempotentRequest.count({ where: { key } })).toBe(1)
  })

  it.each([
    ['with a space', 'a b'],
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['not ASCII', 'schlüssel'],
  ])('is refused when the key is %s', async (_, bad) => {
    expect((await post('/clients', { name: 'Bad key' }, { 'idempotency-key': bad })).status).toBe(400)
  })
})

describe('a form that is sent again with its Idempotency-Key', () => {
  const send = (bytes: Buffer, fields: Record<string, string> = {}) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new File([new Uint8Array(bytes)], 'photo.jpg'))
    const headers = { 'x-api-key': 'root', 'idempotency-key': key }
    return api.request('/api/v3/assets', { method: 'POST', body: form, headers })
  }

  it('makes one asset, although its boundary is another', async () => {
    const photo = await jpeg(2000, 1500)
    const before = await api.db.asset.count()
    const first = await send(photo, { name: 'Photo' })
    const again = await send(photo, { name: 'Photo' })
    expect([first.status, again.status]).toEqual([201, 201])
    expect(await again.text()).toBe(await first.text())
    expect(await api.db.asset.count()).toBe(before + 1)
  })

  it('is refused when its file, or a field, is another', async () => {
    const photo = await jpeg()
    expect((await send(photo, { name: 'Photo' })).status).toBe(201)
    expect((await send(await jpeg(66, 50), { name: 'Photo' })).status).toBe(422)
    expect((await send(photo, { name: 'Other' })).status).toBe(422)
  })
})

describe('the fingerprint of a form', () => {
  const digestOf = (chunks: Buffer[], boundary: string) => {
    const digest = bodyDigest(`multipart/form-data; boundary=${boundary}`, 'POST /x\n')
    for (const chunk of chunks) digest.update(chunk)
    return digest.hex()
  }
  const form = (boundary: string, parts: string[]) =>
    Buffer.from(`${parts.map((part) => `--${boundary}\r\n\r\n${part}\r\n`).join('')}--${boundary}--\r\n`)
  const cut = (whole: Buffer, sizes: number[]) => {
    const chunks: Buffer[] = []
    let at = 0
    for (const size of sizes) {
      chunks.push(whole.subarray(at, at + size))
      at += size
    }
    return [...chunks, whole.subarray(at)]
  }
  const text = fc.string({ unit: fc.constantFrom('-', 'a', 'b', '\r', '\n'), maxLength: 20 })

  it('does not depend on the boundary, nor on how the bytes arrive', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.array(fc.nat(9)), (parts, sizes) => {
        const whole = digestOf([form('XYZ', parts)], 'XYZ')
        expect(digestOf(cut(form('otherBoundary', parts), sizes), 'otherBoundary')).toBe(whole)
      }),
    )
  })

  it('depends on every byte of the parts', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 4 }), (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        expect(digestOf([form('XYZ', one)], 'XYZ')).not.toBe(digestOf([form('XYZ', other)], 'XYZ'))
      }),
    )
  })
})

/** A campaign with two pictures, for a job. */
async function withPhotos() {
  const made = await api.campaign()
  const image = { clientId: made.client.id, campaignId: made.campaign.id, type: 'image', blobHash: 'x' }
  await api.db.asset.createMany({ data: [1, 2].map((n) => ({ ...image, name: `${n}`, tags: [], metadata: {} })) })
  return made
}

/** As when the server that worked on the request has been dead for half a minute. */
const leaseIsOver = () =>
  api.db.idempotentRequest.updateMany({ where: { key }, data: { leaseUntil: new Date(Date.now() - 1) } })
