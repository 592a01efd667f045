import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type CreateOutcome, ProviderError } from '../../providers/ports.ts'
import { createReplicate } from '../../providers/replicate.ts'
import { type Answer, closedPort, json, standIn } from './stand-in.ts'

const KEY = 'r8_a-key-that-must-stay-secret'
const ORDER = { model: 'google/veo-3.1', input: { prompt: 'a house' }, webhookUrl: null, cancelAfterSeconds: 1800 }
const PREDICTION = {
  id: 'p1',
  model: 'google/veo-3.1',
  version: 'hidden',
  status: 'starting',
  input: { prompt: 'a house' },
  output: null,
  error: null,
  created_at: '2026-11-23T10:00:00.000Z',
}

async function replicateAt(answer: Answer) {
  const { origin, asked } = await standIn(answer)
  const provider = createReplicate({
    apiKey: KEY,
    baseUrl: `${origin}/v1`,
    timeouts: { request: 2, upload: 2, stall: 0.3 },
  })
  return { provider, asked, origin }
}

async function createAt(answer: Answer, timeoutSeconds = 2) {
  const { provider, asked } = await replicateAt(answer)
  const outcome = await provider.create(ORDER, { timeoutSeconds })
  return { outcome, asked }
}

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => expect.fail('it succeeded'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ProviderError)) throw error
  expect(inspect(error, { depth: 20 })).not.toContain(KEY)
  return error.failure
}

function refusal(outcome: CreateOutcome) {
  if (outcome.kind !== 'refused') return expect.fail(`it was ${outcome.kind}`)
  expect(outcome.failure.message).not.toContain(KEY)
  return outcome.failure
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('creating a prediction', () => {
  it('orders an official model at its own route, with a deadline and a webhook for the end only', async () => {
    const { provider, asked } = await replicateAt((_, response) => json(response, 201, PREDICTION))
    const outcome = await provider.create(
      { ...ORDER, webhookUrl: 'https://example.com/hook', cancelAfterSeconds: 1799.2 },
      { timeoutSeconds: 2 },
    )
    expect(outcome).toEqual({
      kind: 'created',
      prediction: {
        id: 'p1',
        status: 'running',
        outputUrl: null,
        error: null,
        createdAt: new Date('2026-11-23T10:00:00.000Z'),
        input: { prompt: 'a house' },
      },
    })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/v1/models/google/veo-3.1/predictions' })
    expect(asked[0]?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'cancel-after': '1800s' })
    expect(JSON.parse(String(asked[0]?.body))).toEqual({
      input: { prompt: 'a house' },
      webhook: 'https://example.com/hook',
      webhook_events_filter: ['completed'],
    })
  })

  it('orders a community model by its version, and never with a deadline that Replicate refuses', async () => {
    const { provider, asked } = await replicateAt((_, response) => json(response, 201, PREDICTION))
    await provider.create({ ...ORDER, model: 'meta/musicgen:abc', cancelAfterSeconds: 1 }, { timeoutSeconds: 2 })
    expect(asked[0]?.url).toBe('/v1/predictions')
    expect(asked[0]?.headers['cancel-after']).toBe('5s')
    expect(JSON.parse(String(asked[0]?.body))).toEqual({ version: 'abc', input: { prompt: 'a house' } })
  })

  it.each<[string, Answer]>([
    ['the connection is reset before an answer', (_, response) => response.socket?.resetAndDestroy()],
    ['the connection is closed before an answer', (_, response) => response.socket?.destroy()],
    [
      'the answer breaks off',
      (_, response) => {
        response.writeHead(201, { 'content-length': '500' }).write('{"id":"p1"')
        setTimeout(() => response.socket?.destroy(), 20)
      },
    ],
    ['the server fails', (_, response) => json(response, 500, { detail: 'oops' })],
    ['a gateway times out', (_, response) => response.writeHead(504).end('<html>gateway</html>')],
    ['the answer is not JSON', (_, response) => response.writeHead(201).end('created!')],
    ['the answer names no prediction', (_, response) => json(response, 201, { ok: true })],
  ])('does not know the outcome when %s, and posts once only', async (_, answer) => {
    const { outcome, asked } = await createAt(answer)
    expect(outcome.kind).toBe('unknown')
    expect(asked).toHaveLength(1)
  })

  it('does not know the outcome when no answer comes in time, and posts once only', async () => {
    const { outcome, asked } = await createAt(() => {}, 1.5)
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('1.5 s') })
    expect(asked).toHaveLength(1)
  })

  it('does not know the outcome when the caller gives up halfway, and posts nothing when it had already', async () => {
    const caller = new AbortController()
    const { provider, asked } = await replicateAt(() => caller.abort(new Error('the activity was canceled')))
    const outcome = await provider.create(ORDER, { timeoutSeconds: 2, signal: caller.signal })
    expect(outcome).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('the activity was canceled') })
    await expect(provider.create(ORDER, { timeoutSeconds: 2, signal: caller.signal })).rejects.toThrow('was canceled')
    expect(asked).toHaveLength(1)
  })

  it('is certain that nothing was bought when no connection could be made', async () => {
    const baseUrl = `http://127.0.0.1:${await closedPort()}/v1`
    const outcome = await createReplicate({ apiKey: KEY, baseUrl }).create(ORDER, { timeoutSeconds: 2 })
    expect(refusal(outcome)).toMatchObject({ type: 'ProviderUnavailable', retryAfterSeconds: expect.any(Number) })
  })

  it.each([
    ['in the body', { detail: 'throttled', retry_after: 17 }, {}, 17],
    ['in the header, in seconds', { detail: 'throttled' }, { 'retry-after': '21' }, 21],
    ['in the sentence', { detail: 'Request was throttled. Your rate limit resets in ~30s.' }, {}, 30],
    ['beyond all reason', { detail: 'throttled', retry_after: 1e9 }, {}, 3600],
    ['nowhere', { detail: 'throttled' }, {}, 10],
  ])('asks to wait as long as a 429 says %s, and posts once only', async (_, body, headers, seconds) => {
    const { outcome, asked } = await createAt((_, response) => json(response, 429, body, headers))
    expect(refusal(outcome)).toMatchObject({ type: 'ProviderRateLimited', retryAfterSeconds: seconds })
    expect(asked).toHaveLength(1)
  })

  it('understands a date in Retry-After', async () => {
    const later = new Date(Date.now() + 120_000).toUTCString()
    const { outcome } = await createAt((_, response) => json(response, 429, {}, { 'retry-after': later }))
    const { retryAfterSeconds } = refusal(outcome)
    expect(retryAfterSeconds).toBeGreaterThan(60)
    expect(retryAfterSeconds).toBeLessThanOrEqual(120)
  })

  it.each([
    [
      402,
      { title: 'Insufficient credit', detail: 'You have insufficient credit.' },
      'ProviderOutOfCredit',
      'Add credit',
    ],
    [401, { detail: `Invalid token ${KEY}` }, 'ProviderUnauthorized', 'REPLICATE_API_KEY'],
    [403, { detail: 'Not allowed' }, 'ProviderUnauthorized', 'REPLICATE_API_KEY'],
    [404, { detail: 'The requested resource could not be found.' }, 'ProviderNotFound', 'VIDEO_GENERATION_MODEL'],
    [
      422,
      { detail: 'Invalid input', invalid_fields: [{ field: 'input.duration', description: 'must be 4, 6 or 8' }] },
      'ProviderInvalidInput',
      'input.duration: must be 4, 6 or 8',
    ],
    [422, { detail: 'The prompt was flagged as sensitive' }, 'ProviderContentRefused', 'Change the text'],
    [308, {}, 'ProviderInvalidInput', 'REPLICATE_BASE_URL'],
  ])('is refused for good by %i, and posts once only', async (status, body, type, words) => {
    const { outcome, asked } = await createAt((_, response) =>
      json(response, status, body, { location: 'http://127.0.0.1:9/' }),
    )
    const failure = refusal(outcome)
    expect(failure).toMatchObject({ type, retryAfterSeconds: null })
    expect(failure.message).toContain(words)
    expect(asked).toHaveLength(1)
  })

  it('names REPLICATE_API_KEY in every call when there is none', async () => {
    const { origin, asked } = await standIn((_, response) => json(response, 200, {}))
    const provider = createReplicate({ apiKey: undefined, baseUrl: `${origin}/v1` })
    const failures = [
      refusal(await provider.create(ORDER, { timeoutSeconds: 1 })),
      await failureOf(provider.get('p1')),
      await failureOf(collect(provider.list(new Date()))),
      await failureOf(provider.cancel('p1')),
      await failureOf(provider.upload({ bytes: new Blob(['x']), name: 'x.jpg', contentType: 'image/jpeg' })),
      await failureOf(provider.download(`${origin}/file.mp4`)),
      await failureOf(provider.webhookSecret()),
    ]
    for (const failure of failures) {
      expect(failure).toMatchObject({ type: 'ProviderUnauthorized', retryAfterSeconds: null })
      expect(failure.message).toContain('REPLICATE_API_KEY')
    }
    expect(asked).toHaveLength(0)
  })
})

describe('looking at a prediction', () => {
  it.each([
    ['starting', 'running'],
    ['processing', 'running'],
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['aborted', 'canceled'],
    ['something of next year', 'running'],
  ])('tells %s as %s', async (status, told) => {
    const { provider } = await replicateAt((_, response) => json(response, 200, { ...PREDICTION, status }))
    expect((await provider.get('p1')).status).toBe(told)
  })

  it.each([
    ['https://replicate.delivery/a.mp4', 'https://replicate.delivery/a.mp4'],
    [['https://replicate.delivery/a.mp4'], 'https://replicate.delivery/a.mp4'],
    [null, null],
    [[], null],
  ])('finds the output in %j', async (output, url) => {
    const { provider } = await replicateAt((_, response) =>
      json(response, 200, { ...PREDICTION, status: 'succeeded', output }),
    )
    expect((await provider.get('p1')).outputUrl).toBe(url)
  })

  it('fails at once when the server does, because Temporal tries again', async () => {
    const { provider, asked } = await replicateAt((_, response) => json(response, 503, {}))
    const failure = await failureOf(provider.get('p1'))
    expect(failure).toMatchObject({ type: 'ProviderUnavailable', retryAfterSeconds: expect.any(Number) })
    expect(asked).toHaveLength(1)
  })

  it('throws the reason of a caller who gave up', async () => {
    const caller = new AbortController()
    const { provider } = await replicateAt(() => caller.abort(new Error('the activity was canceled')))
    await expect(provider.get('p1', { signal: caller.signal })).rejects.toThrow('the activity was canceled')
  })

  it('cancels, and asks for the webhook secret', async () => {
    const { provider, asked } = await replicateAt(({ url }, response) =>
      json(response, 200, url.endsWith('/secret') ? { key: 'whsec_x' } : PREDICTION),
    )
    await provider.cancel('p1')
    expect(await provider.webhookSecret()).toBe('whsec_x')
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/predictions/p1/cancel',
      'GET /v1/webhooks/default/secret',
    ])
  })

  it('uploads a file by its name and type, and hands back its URL', async () => {
    const { provider, asked, origin } = await replicateAt((_, response) =>
      json(response, 201, { id: 'f1', urls: { get: `${origin}/v1/files/f1` } }),
    )
    const file = { bytes: new Blob(['the bytes']), name: 'house.jpg', contentType: 'image/jpeg' }
    expect(await provider.upload(file)).toBe(`${origin}/v1/files/f1`)
    const body = String(asked[0]?.body)
    expect(asked[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(body).toContain('name="content"; filename="house.jpg"')
    expect(body).toContain('Content-Type: image/jpeg')
    expect(body).toContain('the bytes')
  })
})

describe('listing predictions', () => {
  const at = (id: string, time: string) => ({ ...PREDICTION, id, created_at: `2026-11-23T${time}.000Z` })
  const SINCE = new Date('2026-11-23T10:00:00.000Z')

  it('asks for those since the time, and follows the pages, newest first', async () => {
    const { provider, asked, origin } = await replicateAt(({ url }, response) =>
      json(
        response,
        200,
        url.includes('cursor=2')
          ? { next: null, results: [at('c', '10:01:00')] }
          : { next: `${origin}/v1/predictions?cursor=2`, results: [at('b', '10:02:00'), at('a', '10:03:00')] },
      ),
    )
    expect((await collect(provider.list(SINCE))).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(asked.map(({ url }) => url)).toEqual([
      '/v1/predictions?created_after=2026-11-23T10%3A00%3A00.000Z',
      '/v1/predictions?cursor=2',
    ])
  })

  it('stops behind a page of older ones, also when the server does not filter', async () => {
    const { provider, asked, origin } = await replicateAt((_, response, number) =>
      json(response, 200, {
        next: `${origin}/v1/predictions?cursor=${number + 1}`,
        results: number === 0 ? [at('a', '10:01:00'), at('z', '09:59:59')] : [at('y', '09:59:58')],
      }),
    )
    expect((await collect(provider.list(SINCE))).map(({ id }) => id)).toEqual(['a'])
    expect(asked).toHaveLength(2)
  })

  it('ends when a page names itself as the next', async () => {
    const { provider, origin } = await replicateAt(({ url }, response) =>
      json(response, 200, { next: `${origin}${url}`, results: [at('a', '10:01:00')] }),
    )
    expect(await collect(provider.list(SINCE))).toHaveLength(1)
  })

  it('does not follow the list to another host', async () => {
    const other = await standIn((_, response) => json(response, 200, { next: null, results: [] }))
    const { provider } = await replicateAt((_, response) =>
      json(response, 200, { next: `${other.origin}/v1/predictions?cursor=2`, results: [at('a', '10:01:00')] }),
    )
    expect((await failureOf(collect(provider.list(SINCE)))).message).toContain('REPLICATE_BASE_URL')
    expect(other.asked).toHaveLength(0)
  })
})
