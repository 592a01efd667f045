import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOriginServer } from './origin-server.ts'
import { jpeg } from './sample-files.ts'
import { type JobApi, startJobApi } from './sample-jobs.ts'

/** What a route that creates is sent, and what it is sent under the same key although it is another request. */
interface Creating {
  at: () => string
  body: () => object
  other: () => object
  /** The table that grows. */
  table: 'client' | 'campaign' | 'asset' | 'job' | 'note'
}

let api: JobApi
let origin: Awaited<ReturnType<typeof startOriginServer>>
let photo: Buffer
let storyboardOf: number
let filmOf: number
beforeAll(async () => {
  photo = await jpeg()
  origin = await startOriginServer((_, response) => response.end(photo))
  api = await startJobApi({ STORYBOARD_TIMEOUT: '0', ALLOWED_PRIVATE_HOSTS: origin.host })
  storyboardOf = (await api.job()).id
  filmOf = (await api.film()).id
})
afterAll(async () => {
  origin.close()
  await api.close()
})

const url = (n = 1) => `${origin.url}/${n}.jpg`
const base64 = (name: string) => ({ blob_data: photo.toString('base64'), name })
const job = (more: object) => ({ campaign_id: api.campaign.id, ...more })
const as = (table: Creating['table'], at: string, body: () => object, other: () => object): Creating => ({
  at: () => at.replace('{id}', at.startsWith('/campaigns') ? api.campaign.id : String(storyboardOf)),
  body,
  other,
  table,
})
const CREATING: Record<string, Creating> = {
  '/clients': as(
    'client',
    '/clients',
    () => ({ name: 'A' }),
    () => ({ name: 'B' }),
  ),
  '/campaigns': as(
    'campaign',
    '/campaigns',
    () => ({ name: 'A', client_id: api.client.id }),
    () => ({ name: 'B', client_id: api.client.id }),
  ),
  '/assets': as(
    'asset',
    '/assets',
    () => base64('a'),
    () => base64('b'),
  ),
  '/assets/unified': as(
    'asset',
    '/assets/unified',
    () => base64('a'),
    () => base64('b'),
  ),
  '/assets/from-url': as(
    'asset',
    '/assets/from-url',
    () => ({ source_url: url() }),
    () => ({ source_url: url(2) }),
  ),
  '/assets/from-urls': as(
    'asset',
    '/assets/from-urls',
    () => ({ assets: [url()] }),
    () => ({ assets: [url(2)] }),
  ),
  '/jobs/from-image-pairs': as(
    'job',
    '/jobs/from-image-pairs',
    () => job({}),
    () => job({ num_pairs: 1 }),
  ),
  '/jobs/from-property-photos': as(
    'job',
    '/jobs/from-property-photos',
    () => job({}),
    () => job({ property_types: ['exterior'] }),
  ),
  '/campaigns/{id}/create-job': as(
    'job',
    '/campaigns/{id}/create-job',
    () => ({}),
    () => ({ num_scenes: 2 }),
  ),
  '/jobs/{job_id}/notes': {
    at: () => `/jobs/${filmOf}/notes`,
    body: () => ({ at_seconds: 1, text: 'A' }),
    other: () => ({ at_seconds: 1, text: 'B' }),
    table: 'note',
  },
  '/jobs/{id}/copy': as(
    'job',
    '/jobs/{id}/copy',
    () => ({}),
    () => ({ other: true }),
  ),
}

it('is tried on every POST that creates: a new one belongs in the table above', async () => {
  const { json } = await api.call('GET', '/api/openapi')
  const creating = Object.entries(json.paths as Record<string, { post?: { responses: object } }>)
    .filter(([path, { post }]) => path.startsWith('/api/v3/') && post && '201' in post.responses)
    .map(([path]) => path.replace('/api/v3', ''))
  expect(Object.keys(CREATING).sort()).toEqual(creating.sort())
})

describe.each(Object.entries(CREATING))('an Idempotency-Key at POST %s', (path, { at, body, other, table }) => {
  const headers = { 'idempotency-key': `key of ${path}`.replaceAll(' ', '-') }
  const post = (sent: object) => api.v3('POST', at(), sent, headers)
  const rows = () => (api.db[table] as unknown as { count(): Promise<number> }).count()

  it('gives the same answer, one row and one workflow to the same body, and 422 to another', async () => {
    const before = await rows()
    api.told.length = 0
    const first = await post(body())
    expect(first.status).toBe(201)
    expect(await post(body())).toMatchObject({ status: 201, json: first.json })
    expect((await post(other())).status).toBe(422)
    expect(await rows()).toBe(before + 1)
    expect(api.told.filter((line) => line.startsWith('start')).length).toBe(table === 'job' ? 1 : 0)
  })

  it('is 409 while the first is worked on, and kept for 24 hours', async () => {
    const where = { key: headers['idempotency-key'] }
    const row = await api.db.idempotentRequest.findFirstOrThrow({ where })
    const almostADay = new Date(Date.now() - 24 * 60 * 60_000 + 60_000)
    await api.db.idempotentRequest.updateMany({ where, data: { insertedAt: almostADay } })
    expect((await post(body())).status).toBe(201)
    const leaseUntil = new Date(Date.now() + 60_000)
    await api.db.idempotentRequest.updateMany({ where, data: { status: null, body: null, leaseUntil } })
    expect((await post(body())).status).toBe(409)
    await api.db.idempotentRequest.update({ where: { id: row.id }, data: { status: row.status, body: row.body } })
  })
})
