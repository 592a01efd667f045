import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../support/test-api.ts'

const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/)
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
const NOT_FOUND = { error: { message: 'Client not found', code: 'not_found' } }

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

describe('clients', () => {
  it('are created, read and listed as the contract has them', async () => {
    const body = {
      name: 'Harbour Homes',
      description: 'Flats by the water',
      homepage: 'https://harbour.example',
      metadata: { region: { code: 'N1' } },
      brandGuidelines: { colours: ['#003'] },
      unheard_of: true,
    }
    const created = await api.call('POST', '/api/v3/clients', body)
    expect(created.status).toBe(201)
    expect(created.json).toEqual({
      data: {
        id: UUID,
        name: 'Harbour Homes',
        description: 'Flats by the water',
        homepage: 'https://harbour.example',
        metadata: { region: { code: 'N1' } },
        brand_guidelines: { colours: ['#003'] },
        budget_usd: null,
        callback_url: null,
        inserted_at: TIME,
        updated_at: TIME,
      },
    })
    const { id } = created.json.data
    expect((await api.call('GET', `/api/v3/clients/${id}`)).json).toEqual(created.json)
    const list = await api.call('GET', '/api/v3/clients')
    expect(list.status).toBe(200)
    expect(list.json).toEqual({ data: [created.json.data], meta: { total: 1 } })
  })

  it('have only a name when no more is given', async () => {
    const { json } = await api.call('POST', '/api/v3/clients', { name: ' Plain ' })
    expect(json.data).toMatchObject({
      name: 'Plain',
      description: null,
      homepage: null,
      metadata: {},
      brand_guidelines: null,
    })
  })

  it.each(['PUT', 'PATCH'])('are changed by %s where a field is given, cleared where it is null', async (method) => {
    const { json } = await api.call('POST', '/api/v3/clients', {
      name: 'Old',
      description: 'Kept',
      brand_guidelines: 'Blue',
      metadata: { a: 1 },
    })
    const path = `/api/v3/clients/${json.data.id}`
    const changed = await api.call(method, path, { name: 'New', brand_guidelines: null, metadata: null })
    expect(changed.status).toBe(200)
    expect(changed.json.data).toMatchObject({ name: 'New', description: 'Kept', brand_guidelines: null, metadata: {} })
    expect((await api.call('GET', path)).json).toEqual(changed.json)
  })

  it.each([
    [{}, { name: ['is required'] }],
    [{ name: '  ' }, { name: ['is required'] }],
    [{ name: null }, { name: ['is required'] }],
    [{ name: 5 }, { name: ['must be a string'] }],
    [{ name: 'x', metadata: 'text' }, { metadata: ['must be an object'] }],
    [{ name: 'x', description: 5 }, { description: ['must be a string'] }],
    [[], { body: ['must be a JSON object'] }],
  ])('are refused with the fields that are wrong: %j', async (body, details) => {
    const { status, json } = await api.call('POST', '/api/v3/clients', body)
    expect(status).toBe(422)
    expect(json).toEqual({ error: { message: 'Validation failed', code: 'validation_failed', details } })
  })

  it('need a name even when the request has no body', async () => {
    expect((await api.call('POST', '/api/v3/clients')).json.error.details).toEqual({ name: ['is required'] })
  })

  it.each([UNKNOWN, 'nonsense', '1', '%00', '..%2F..%2Fetc%2Fpasswd', "1'--"])(
    'are not found by the id %s',
    async (id) => {
      for (const path of [`/api/v3/clients/${id}`, `/api/v3/clients/${id}/campaigns`]) {
        const { status, json } = await api.call('GET', path)
        expect({ status, json }).toEqual({ status: 404, json: NOT_FOUND })
      }
      const { status, json } = await api.call('PATCH', `/api/v3/clients/${id}`, { name: 'x' })
      expect({ status, json }).toEqual({ status: 404, json: NOT_FOUND })
    },
  )

  it('list their campaigns', async () => {
    const { client, campaign } = await api.campaign()
    await api.campaign('Of another client')
    const { status, json } = await api.call('GET', `/api/v3/clients/${client.id}/campaigns`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ data: [{ id: campaign.id }], meta: { total: 1, client_id: client.id } })
    expect((await api.call('GET', `/api/v3/clients/${client.id.toUpperCase()}/campaigns`)).json).toEqual(json)
  })
})
