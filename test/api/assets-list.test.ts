import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAsset } from '../../prisma/queries/assets.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'

let api: TestApi
let lake: Awaited<ReturnType<TestApi['campaign']>>
beforeAll(async () => {
  api = await startTestApi()
  lake = await api.campaign()
  const hill = await api.campaign()
  const add = (name: string, type: string, of: typeof lake, day: number) =>
    createAsset(api.db, {
      name,
      type,
      campaignId: of.campaign.id,
      clientId: of.client.id,
      insertedAt: new Date(Date.UTC(2026, 0, day)),
    })
  await add('oldest', 'image', lake, 1)
  await add('newest', 'image', lake, 4)
  await add('clip', 'video', lake, 2)
  await add('hill', 'image', hill, 3)
})
afterAll(() => api.close())

async function names(query: string) {
  const { status, json } = await api.call('GET', `/api/v3/assets${query}`)
  expect(status).toBe(200)
  return { names: json.data.map((asset: { name: string }) => asset.name), meta: json.meta }
}

describe('the list of assets', () => {
  it('is newest first, 25 a page', async () => {
    expect(await names('')).toEqual({
      names: ['newest', 'hill', 'clip', 'oldest'],
      meta: { total: 4, limit: 25, offset: 0 },
    })
  })

  it('is filtered by campaign, client and type', async () => {
    expect((await names(`?campaign_id=${lake.campaign.id}`)).names).toEqual(['newest', 'clip', 'oldest'])
    expect((await names(`?client_id=${lake.client.id}&type=image`)).names).toEqual(['newest', 'oldest'])
    expect((await names('?type=audio')).meta.total).toBe(0)
    expect((await names(`?campaign_id=${UNKNOWN}`)).names).toEqual([])
    expect((await names('?campaign_id=nonsense')).names).toEqual([])
    expect((await names('?campaign_id=&type=')).meta.total).toBe(4)
  })

  it('is served page by page', async () => {
    expect(await names('?limit=2&offset=1')).toEqual({
      names: ['hill', 'clip'],
      meta: { total: 4, limit: 2, offset: 1 },
    })
    expect(await names('?limit=0')).toEqual({ names: [], meta: { total: 4, limit: 0, offset: 0 } })
    expect((await names('?offset=9')).names).toEqual([])
  })

  it('never has more than 1000 a page', async () => {
    expect((await names('?limit=5000')).meta.limit).toBe(1000)
  })

  it.each(['limit=many', 'limit=-1', 'limit=1.5', 'offset=-1', 'offset=1e99', 'type=document'])(
    'is refused for %s, naming what is wrong',
    async (query) => {
      const { status, json } = await api.call('GET', `/api/v3/assets?${query}`)
      expect(status).toBe(400)
      expect(json.error).toContain(query.split('=')[0])
    },
  )

  it.each([UNKNOWN, 'nonsense', '%00', '..%2F..%2Fpackage.json'])('has nothing under %s', async (id) => {
    for (const path of ['', '/data', '/thumbnail']) {
      const { status, json } = await api.call('GET', `/api/v3/assets/${id}${path}`)
      expect({ status, json }).toEqual({ status: 404, json: { error: 'Asset not found' } })
    }
  })
})
