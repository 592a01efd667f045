import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAsset } from '../../prisma/queries/assets.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/)
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
const NOT_FOUND = { error: { message: 'Campaign not found', code: 'not_found' } }

let api: TestApi
let clientId: string
beforeAll(async () => {
  api = await startTestApi()
  clientId = (await api.call('POST', '/api/v3/clients', { name: 'Harbour Homes' })).json.data.id
})
afterAll(() => api.close())

describe('campaigns', () => {
  it('are created, read and listed as the contract has them', async () => {
    const created = await api.call('POST', '/api/v3/campaigns', {
      name: 'Lakeside',
      client_id: clientId,
      goal: 'Sell',
      product_url: 'https://lakeside.example',
      brief: { tone: 'calm' },
    })
    expect(created.status).toBe(201)
    expect(created.json).toEqual({
      data: {
        id: UUID,
        clientId,
        name: 'Lakeside',
        goal: 'Sell',
        status: 'active',
        productUrl: 'https://lakeside.example',
        brief: { tone: 'calm' },
        budgetUsd: null,
        metadata: {},
        createdAt: TIME,
        updatedAt: TIME,
      },
    })
    expect((await api.call('GET', `/api/v3/campaigns/${created.json.data.id}`)).json).toEqual(created.json)
    expect((await api.call('GET', '/api/v3/campaigns')).json).toEqual({ data: [created.json.data], meta: { total: 1 } })
  })

  it('take their fields in camelCase, and a brief that is text', async () => {
    const body = { name: 'Hill', clientId, productUrl: 'https://hill.example', brief: 'Morning light' }
    const { status, json } = await api.call('POST', '/api/v3/campaigns', body)
    expect(status).toBe(201)
    expect(json.data).toMatchObject({ clientId, productUrl: 'https://hill.example', brief: 'Morning light' })
  })

  it('are filtered by client', async () => {
    const { client, campaign } = await api.campaign('Elsewhere')
    const { json } = await api.call('GET', `/api/v3/campaigns?client_id=${client.id}`)
    expect(json).toMatchObject({ data: [{ id: campaign.id }], meta: { total: 1 } })
    expect((await api.call('GET', `/api/v3/campaigns?client_id=${UNKNOWN}`)).json.data).toEqual([])
    expect((await api.call('GET', '/api/v3/campaigns?client_id=nonsense')).json.data).toEqual([])
  })

  it.each(['PUT', 'PATCH'])('are changed by %s where a field is given', async (method) => {
    const { campaign } = await api.campaign()
    const changes = { goal: 'Let', brief: null, status: 'paused', clientId }
    const { status, json } = await api.call(method, `/api/v3/campaigns/${campaign.id}`, changes)
    expect(status).toBe(200)
    expect(json.data).toMatchObject({ name: 'Lakeside', goal: 'Let', brief: null, status: 'paused', clientId })
  })

  it.each([
    ['without a client', { name: 'x' }, { client_id: ['is required'] }],
    ['without anything', {}, { name: ['is required'], client_id: ['is required'] }],
    ['for a client that is no text', { name: 'x', client_id: 5 }, { client_id: ['must be a string'] }],
    ['for an unknown client', { name: 'x', client_id: UNKNOWN }, { client_id: ['names no client'] }],
    ['for a client whose id is no id', { name: 'x', client_id: 'nonsense' }, { client_id: ['names no client'] }],
  ])('are refused %s', async (_, body, details) => {
    const { status, json } = await api.call('POST', '/api/v3/campaigns', body)
    expect(status).toBe(422)
    expect(json).toEqual({ error: { message: 'Validation failed', code: 'validation_failed', details } })
  })

  it('do not move to an unknown client', async () => {
    const { campaign } = await api.campaign()
    const { status, json } = await api.call('PATCH', `/api/v3/campaigns/${campaign.id}`, { client_id: UNKNOWN })
    expect(status).toBe(422)
    expect(json.error.details).toEqual({ client_id: ['names no client'] })
  })

  it.each([UNKNOWN, 'nonsense'])('are not found by the id %s', async (id) => {
    for (const path of [`/api/v3/campaigns/${id}`, `/api/v3/campaigns/${id}/assets`]) {
      const { status, json } = await api.call('GET', path)
      expect({ status, json }).toEqual({ status: 404, json: NOT_FOUND })
    }
    expect((await api.call('PUT', `/api/v3/campaigns/${id}`, { name: 'x' })).json).toEqual(NOT_FOUND)
  })

  it('list their assets in snake_case', async () => {
    const { campaign } = await api.campaign()
    await createAsset(api.db, {
      campaignId: campaign.id,
      name: 'a',
      type: 'image',
      sourceUrl: 'https://cdn.example/a.jpg',
      metadata: { room: 1 },
    })
    const { status, json } = await api.call('GET', `/api/v3/campaigns/${campaign.id}/assets`)
    expect(status).toBe(200)
    expect(json).toEqual({
      data: [
        {
          id: UUID,
          type: 'image',
          campaign_id: campaign.id,
          source_url: 'https://cdn.example/a.jpg',
          metadata: { room: 1 },
          has_blob_data: false,
          inserted_at: TIME,
          updated_at: TIME,
        },
      ],
      meta: { campaign_id: campaign.id, total: 1 },
    })
  })
})
