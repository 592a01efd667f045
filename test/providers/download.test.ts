import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ProviderError } from '../../providers/ports.ts'
import { createReplicate } from '../../providers/replicate.ts'
import { type Answer, standIn } from './stand-in.ts'

const KEY = 'r8_a-key-that-must-stay-secret'
const CLIP = Buffer.alloc(300_000, 'clip')

async function fetching(answer: Answer, path = '/files/clip.mp4') {
  const { origin, asked } = await standIn(answer)
  const timeouts = { request: 2, upload: 2, stall: 0.3 }
  const provider = createReplicate({ apiKey: KEY, baseUrl: `${origin}/v1`, timeouts })
  return { asked, origin, provider, output: () => provider.download(`${origin}${path}`) }
}

async function failure(promise: Promise<unknown>) {
  const error = await promise.then(
    () => expect.fail('it succeeded'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ProviderError)) throw error
  return error.failure
}

describe('downloading an output', () => {
  it('streams it, with its size and type, and shows the key to the API host', async () => {
    const { output, asked } = await fetching((_, response) =>
      response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': CLIP.length }).end(CLIP),
    )
    const { body, size, contentType } = await output()
    expect({ size, contentType }).toEqual({ size: CLIP.length, contentType: 'video/mp4' })
    expect((await buffer(body)).equals(CLIP)).toBe(true)
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
  })

  it('follows redirects on its host', async () => {
    const { output } = await fetching(({ url }, response) =>
      url === '/files/clip.mp4'
        ? response.writeHead(302, { location: '/elsewhere.mp4' }).end()
        : response.writeHead(200).end(CLIP),
    )
    expect((await buffer((await output()).body)).equals(CLIP)).toBe(true)
  })

  it('fetches nothing over http from another host, neither named nor by redirect', async () => {
    const other = await standIn((_, response) => response.writeHead(200).end('secret of the inside'))
    const { provider, output } = await fetching((_, response) =>
      response.writeHead(302, { location: `${other.origin}/clip.mp4` }).end(),
    )
    expect(await failure(output())).toMatchObject({ type: 'ProviderInvalidInput', retryAfterSeconds: null })
    for (const url of [`${other.origin}/clip.mp4`, 'file:///etc/passwd', 'not a URL']) {
      expect(await failure(provider.download(url))).toMatchObject({ type: 'ProviderInvalidInput' })
    }
    expect(other.asked).toHaveLength(0)
  })

  it('never shows the key to another host, neither named nor by redirect', async () => {
    const { provider, origin } = await fetching((_, response) =>
      response.writeHead(302, { location: 'https://cdn.example/clip.mp4' }).end(),
    )
    // An https server of our own would need a certificate, so the network ends here.
    const network = globalThis.fetch
    const outside: (string | null)[] = []
    vi.stubGlobal('fetch', (url: URL, init: RequestInit) => {
      if (url.origin === origin) return network(url, init)
      outside.push(new Headers(init.headers).get('authorization'))
      return Promise.resolve(new Response(CLIP))
    })
    onTestFinished(() => void vi.unstubAllGlobals())
    for (const url of [`${origin}/clip.mp4`, 'https://cdn.example/clip.mp4']) {
      expect((await buffer((await provider.download(url)).body)).equals(CLIP)).toBe(true)
    }
    expect(outside).toEqual([null, null])
  })

  it('gives up on endless redirects', async () => {
    const { output, asked } = await fetching((_, response, number) =>
      response.writeHead(302, { location: `/${number}` }).end(),
    )
    expect(await failure(output())).toMatchObject({ type: 'ProviderUnavailable' })
    expect(asked.length).toBeLessThan(10)
  })

  it.each([404, 410])('tells an output that is gone (%i) as not found', async (status) => {
    const { output } = await fetching((_, response) => response.writeHead(status).end())
    const { type, message, retryAfterSeconds } = await failure(output())
    expect({ type, retryAfterSeconds }).toEqual({ type: 'ProviderNotFound', retryAfterSeconds: null })
    expect(message).toContain('an hour')
  })

  it('tells a failing server as worth another try', async () => {
    const { output } = await fetching((_, response) => response.writeHead(503).end())
    expect(await failure(output())).toMatchObject({
      type: 'ProviderUnavailable',
      retryAfterSeconds: expect.any(Number),
    })
  })

  it('does not take a truncated output for a whole one', async () => {
    const { output } = await fetching((_, response) => {
      response.writeHead(200, { 'content-length': CLIP.length }).write(CLIP.subarray(0, 1000))
      setTimeout(() => response.socket?.destroy(), 20)
    })
    const { type, message } = await failure(buffer((await output()).body))
    expect(type).toBe('ProviderUnavailable')
    expect(message).toContain(`1000 of ${CLIP.length} bytes`)
  })

  it('gives up on an output that stalls, but not on a reader who takes their time', async () => {
    const stalling = await fetching((_, response) => {
      response.writeHead(200, { 'content-length': CLIP.length }).write(CLIP.subarray(0, 1000))
    })
    expect(await failure(buffer((await stalling.output()).body))).toMatchObject({ type: 'ProviderUnavailable' })

    const slow = await fetching((_, response) => response.writeHead(200).end(CLIP))
    const { body } = await slow.output()
    let received = 0
    for await (const chunk of body) {
      if (received === 0) await new Promise((resolve) => setTimeout(resolve, 500))
      received += chunk.length
    }
    expect(received).toBe(CLIP.length)
  })

  it('throws the reason of a caller who gave up in the middle', async () => {
    const caller = new AbortController()
    const { provider, origin } = await fetching((_, response) => response.writeHead(200).write(CLIP))
    const { body } = await provider.download(`${origin}/clip.mp4`, { signal: caller.signal })
    const reading = buffer(body)
    caller.abort(new Error('the activity was canceled'))
    await expect(reading).rejects.toThrow('the activity was canceled')
  })
})
