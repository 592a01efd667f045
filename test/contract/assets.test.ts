/** The rows of the contract about assets, as far as test/api/assets-*.test.ts has not gone through them. */
import { afterAll, describe, expect, it } from 'vitest'
import { startOriginServer } from '../api/origin-server.ts'
import { jpeg } from '../api/sample-files.ts'
import { startTestApi } from '../support/test-api.ts'
import { UNKNOWN } from './every-route.ts'

const photo = await jpeg()
const origin = await startOriginServer((_, response) => response.end(photo))
const api = await startTestApi({ ALLOWED_PRIVATE_HOSTS: origin.host })
afterAll(async () => {
  origin.close()
  await api.close()
})
const post = async (path: string, body: unknown) => {
  const { status, json } = await api.call('POST', `/api/v3${path}`, body)
  return { status, json }
}
const url = `${origin.url}/photo.jpg`

describe.each(['/assets', '/assets/from-url', '/assets/unified'])('POST %s', (path) => {
  it('takes every field in both spellings, and its type under two names', async () => {
    const { client, campaign } = await api.campaign()
    const common = { name: 'Pier', description: 'Seen', tags: ['a'], metadata: { n: 1 } }
    const snake = {
      ...common,
      source_url: url,
      campaign_id: campaign.id,
      client_id: client.id,
      user_id: 'u',
      asset_type: 'image',
    }
    const camel = {
      ...common,
      sourceUrl: url,
      campaignId: campaign.id,
      clientId: client.id,
      userId: 'u',
      type: 'image',
    }
    for (const body of [snake, camel, { ...camel, assetType: 'image', type: undefined }]) {
      const { status, json } = await post(path, body)
      expect({ status, data: json.data }).toMatchObject({
        status: 201,
        data: {
          name: 'Pier',
          description: 'Seen',
          tags: ['a'],
          sourceUrl: url,
          campaignId: campaign.id,
          clientId: client.id,
          userId: 'u',
          type: 'image',
        },
      })
    }
  })

  it('takes the client from the campaign, and leaves unknown what nobody said', async () => {
    const { client, campaign } = await api.campaign()
    expect((await post(path, { url, campaign_id: campaign.id })).json.data).toMatchObject({
      clientId: client.id,
      userId: '',
    })
    expect((await post(path, { url })).json.data).toMatchObject({
      clientId: null,
      campaignId: null,
      userId: '',
      tags: [],
    })
  })

  it.each([
    ['no campaign that is there', { campaign_id: UNKNOWN }, 404, { error: 'Campaign not found' }],
    ['no client that is there', { client_id: 'nonsense' }, 404, { error: 'Client not found' }],
    [
      'a field of another type',
      { description: 5 },
      422,
      { error: 'Validation failed', details: { description: ['must be a string'] } },
    ],
    [
      'a type that no asset has',
      { asset_type: 'document' },
      400,
      { error: 'Invalid file format', reason: expect.any(String) },
    ],
  ])('is refused with %s', async (_, body, status, json) => {
    expect(await post(path, { url, ...body })).toEqual({ status, json })
  })

  it("is refused for a client that is not the campaign's", async () => {
    const { campaign } = await api.campaign()
    const { client } = await api.campaign('Elsewhere')
    expect(await post(path, { url, campaign_id: campaign.id, client_id: client.id })).toEqual({
      ...{
        status: 422,
        json: { error: 'Validation failed', details: { client_id: ["is not the campaign's client"] } },
      },
    })
  })
})

describe('POST /assets/from-urls', () => {
  it('is refused when what it says of all of them is wrong', async () => {
    expect(await post('/assets/from-urls', { assets: [url], campaign_id: 5 })).toEqual({
      ...{ status: 422, json: { error: 'Validation failed', details: { campaign_id: ['must be a string'] } } },
    })
  })
})

describe('the hosts of REPLICATE_BASE_URL and XAI_BASE_URL', () => {
  it('are not for the URLs of users, although what they return is fetched', async () => {
    const base = `${origin.url}/v1`
    const strict = await startTestApi({ REPLICATE_BASE_URL: base, XAI_BASE_URL: base })
    const asked = origin.asked.length
    for (const path of ['/assets', '/assets/from-url', '/assets/unified']) {
      const { status, json } = await strict.call('POST', `/api/v3${path}`, { source_url: url })
      expect({ status, json }).toEqual({
        status: 400,
        json: { error: 'Failed to download from URL', reason: expect.stringMatching(/not a public address/) },
      })
    }
    const list = await strict.call('POST', '/api/v3/assets/from-urls', { assets: [url] })
    expect(list.json.meta).toMatchObject({ created: 0, failed: 1 })
    const imported = await strict.db.asset.create({
      data: { name: 'x', type: 'image', sourceUrl: url, tags: [], metadata: {} },
    })
    expect((await strict.call('GET', `/api/v3/assets/${imported.id}/data`)).status).toBe(502)
    const hook = { name: 'x', callback_url: `${origin.url.replace('http:', 'https:')}/hook` }
    expect(await strict.call('POST', '/api/v3/clients', hook)).toMatchObject({
      ...{
        status: 422,
        json: { error: { details: { callback_url: [expect.stringMatching(/not a public address/)] } } },
      },
    })
    expect(origin.asked.length).toBe(asked)
    await strict.close()
  })
})

describe('GET and DELETE /assets/:id', () => {
  it('are 404 once it is deleted', async () => {
    const { json } = await post('/assets', { blobData: photo.toString('base64') })
    const at = `/api/v3/assets/${json.data.id}`
    expect((await api.call('DELETE', at)).status).toBe(204)
    for (const [method, path] of [
      ['GET', at],
      ['DELETE', at],
      ['GET', `${at}/data`],
      ['GET', `${at}/thumbnail`],
    ] as const) {
      const answer = await api.call(method, path)
      expect({ status: answer.status, json: answer.json }).toEqual({ status: 404, json: { error: 'Asset not found' } })
    }
  })
})
