import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accepted, answerOf, createGreenlight, GreenlightError } from '../../client/index.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

describe('the client, over HTTP,', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startTestApi({ API_AUTH_KEY: 'secret' })
  })
  afterAll(() => api.close())
  const signedIn = () => createGreenlight({ url: api.url, apiKey: 'secret' })

  it('creates, changes, lists and deletes', async () => {
    const greenlight = signedIn()
    const { data: client } = await answerOf(
      greenlight.clients.$post({ json: { name: 'ACME', brandGuidelines: 'bold' } }),
    )
    expect(client).toMatchObject({ name: 'ACME', brand_guidelines: 'bold' })
    await answerOf(greenlight.clients[':id'].$patch({ param: { id: client.id }, json: { name: 'Acme' } }))
    const { data, meta } = await answerOf(greenlight.clients.$get({ query: { limit: 1 } }))
    expect([data[0]?.name, meta.total]).toEqual(['Acme', 1])
    expect((await accepted(greenlight.clients[':id'].$delete({ param: { id: client.id } }))).status).toBe(204)
  })

  it('takes a number for an id', async () => {
    const { status } = await signedIn().jobs[':id'].$get({ param: { id: 7 } })
    expect(status).toBe(404)
  })

  it("says a refusal in the API's own sentence", async () => {
    const stranger = createGreenlight({ url: api.url })
    await expect(answerOf(stranger.clients.$get())).rejects.toThrow('missing or invalid x-api-key header')
    const error = await answerOf(signedIn().clients.$post({ json: { name: ' ' } })).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(GreenlightError)
    expect(error).toMatchObject({
      status: 422,
      message: 'Validation failed; name is required',
      body: { error: { code: 'validation_failed' } },
    })
  })

  it('says so when the answer is not that of Greenlight', async () => {
    const page = async () => new Response('<h1>Bad gateway</h1>', { status: 502 })
    const greenlight = createGreenlight({ url: 'http://proxy.invalid', fetch: page })
    await expect(answerOf(greenlight.clients.$get())).rejects.toMatchObject({ status: 502, body: null })
  })
})
