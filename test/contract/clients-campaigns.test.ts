/** The rows of the contract about clients and campaigns, as far as test/api has not gone through them. */
import { afterAll, describe, expect, it } from 'vitest'
import { createAsset } from '../../prisma/queries/assets.ts'
import { startJobApi, UNKNOWN } from '../api/sample-jobs.ts'

const api = await startJobApi()
afterAll(() => api.close())

describe.each(['PUT', 'PATCH'])('%s', (method) => {
  it.each([
    ['/clients', { name: '' }, { name: ['is required'] }],
    ['/clients', { brandGuidelines: 5 }, { brand_guidelines: ['must be a string or an object'] }],
    ['/clients', { callbackUrl: 'http://127.0.0.1/hook' }, { callback_url: [expect.any(String)] }],
    ['/campaigns', { name: null }, { name: ['is required'] }],
    ['/campaigns', { brief: ['a'] }, { brief: ['must be a string or an object'] }],
    ['/campaigns', { clientId: 'nonsense' }, { client_id: ['names no client'] }],
  ])('%s/:id is refused with the fields that are wrong: %j', async (path, body, details) => {
    const { id } = path === '/clients' ? api.client : api.campaign
    const before = await api.v3('GET', `${path}/${id}`)
    const { status, json } = await api.v3(method, `${path}/${id}`, body)
    expect({ status, json }).toEqual({
      ...{ status: 422, json: { error: { message: 'Validation failed', code: 'validation_failed', details } } },
    })
    expect((await api.v3('GET', `${path}/${id}`)).json).toEqual(before.json)
  })

  it('changes fields in both spellings', async () => {
    const { client, campaign } = await api.stranger()
    for (const guidelines of [{ brand_guidelines: { a: 1 } }, { brandGuidelines: { a: 1 } }]) {
      const changed = await api.v3(method, `/clients/${client.id}`, guidelines)
      expect(changed).toMatchObject({ status: 200, json: { data: { id: client.id, brand_guidelines: { a: 1 } } } })
    }
    for (const url of [{ product_url: 'https://a.example' }, { productUrl: 'https://b.example' }]) {
      const changed = await api.v3(method, `/campaigns/${campaign.id}`, { ...url, unheard_of: 1 })
      expect(changed).toMatchObject({ status: 200, json: { data: { productUrl: Object.values(url)[0] } } })
    }
  })
})

describe.each(['PUT', 'PATCH'])('%s of nothing', (method) => {
  it.each([
    ['an empty object', {}],
    ['no body', undefined],
    ['fields that are not known', { id: 'x', logo_url: 'y', createdAt: 'z' }],
  ])('changes nothing and shows what is there: %s', async (_, body) => {
    for (const path of [`/clients/${api.client.id}`, `/campaigns/${api.campaign.id}`]) {
      const { status, json } = await api.v3(method, path, body)
      expect({ status, json }).toEqual({ status: 200, json: (await api.v3('GET', path)).json })
    }
    for (const path of [`/clients/${UNKNOWN}`, `/campaigns/${UNKNOWN}`]) {
      expect((await api.v3(method, path, body)).status).toBe(404)
    }
  })
})

describe('stats', () => {
  it('have the names that frontends know, and real spend', async () => {
    await api.film({ microUsd: 1_250_000 })
    const client = await api.v3('GET', `/clients/${api.client.id}/stats`)
    expect(client.json).toEqual({
      data: {
        campaignCount: 1,
        videoCount: 1,
        totalSpend: 1.25,
        jobCount: 1,
        assetCount: 3,
        totalCommitted: 0,
        budget: null,
      },
    })
    const campaign = await api.v3('GET', `/campaigns/${api.campaign.id}/stats`)
    expect(campaign.json).toEqual({
      data: { videoCount: 1, totalSpend: 1.25, jobCount: 1, assetCount: 3, totalCommitted: 0, budget: null },
    })
  })
})

describe('DELETE', () => {
  it('is 204 for what nothing needs, then 404; what a job needs stays', async () => {
    for (const [path, { id }] of [
      ['/campaigns', api.campaign],
      ['/clients', api.client],
    ] as const) {
      expect(await api.v3('DELETE', `${path}/${id}`)).toMatchObject({
        status: 409,
        json: { error: { code: 'conflict', message: expect.stringMatching(/needed by job \d+/) } },
      })
    }
    const { client, campaign } = await api.stranger()
    for (const [path, { id }] of [
      ['/campaigns', campaign],
      ['/clients', client],
    ] as const) {
      expect((await api.v3('DELETE', `${path}/${id}`)).status).toBe(204)
      expect(await api.v3('DELETE', `${path}/${id}`)).toMatchObject({
        status: 404,
        json: { error: { code: 'not_found' } },
      })
    }
  })
})

describe.each(['PUT', 'PATCH'])('%s of client_id', (method) => {
  it('moves a campaign with its assets, which then outlive the client that had it', async () => {
    const { client: before, campaign } = await api.stranger()
    const asset = { name: 'a', type: 'image', campaignId: campaign.id, clientId: before.id }
    const { id } = await createAsset(api.db, asset)
    const { client: after } = await api.stranger()
    const moved = await api.v3(method, `/campaigns/${campaign.id}`, { client_id: after.id, goal: 'Let' })
    expect(moved).toMatchObject({ status: 200, json: { data: { clientId: after.id, goal: 'Let' } } })
    expect((await api.v3('GET', `/assets/${id}`)).json.data.clientId).toBe(after.id)
    expect((await api.v3('DELETE', `/clients/${before.id}`)).status).toBe(204)
    expect((await api.v3('GET', `/campaigns/${campaign.id}/assets`)).json.meta.total).toBe(1)
    expect((await api.v3('DELETE', `/clients/${after.id}`)).status).toBe(204)
    expect((await api.v3('GET', `/assets/${id}`)).status).toBe(404)
  })

  it('is refused while the campaign has jobs, and changes nothing then', async () => {
    const { id } = await api.job()
    const { client: other } = await api.stranger()
    const path = `/campaigns/${api.campaign.id}`
    const before = await api.v3('GET', path)
    expect(await api.v3(method, path, { client_id: other.id, goal: 'Let' })).toMatchObject({
      status: 409,
      json: { error: { code: 'conflict', message: expect.stringMatching(/stays with its client because of job/) } },
    })
    expect((await api.v3('GET', path)).json).toEqual(before.json)
    // To where it is already it may be moved.
    expect((await api.v3(method, path, { client_id: api.client.id })).status).toBe(200)
    expect((await api.v3('GET', `/jobs/${id}`)).status).toBe(200)
  })
})
