import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fetched, type FetchLimits, fetchSafely } from '../../net/fetch-safely.ts'
import { isPublicAddress } from '../../net/public-address.ts'
import { startOriginServer } from './origin-server.ts'

type Origin = Awaited<ReturnType<typeof startOriginServer>>

let origin: Origin
let inward: Origin
beforeAll(async () => {
  inward = await startOriginServer((_, response) => response.end('a secret of the inside'))
  origin = await startOriginServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
    const to = url.searchParams.get('to')
    if (to) return response.writeHead(302, { location: to }).end('moved')
    if (url.pathname === '/endless') return void response.write('x')
    if (url.pathname === '/silent') return
    if (url.pathname === '/missing') return response.writeHead(404).end('none')
    if (url.pathname === '/cut') {
      response.writeHead(200, { 'content-length': '100' })
      return response.write('half', () => response.destroy())
    }
    if (url.pathname === '/chunked') {
      for (let piece = 0; piece < 20; piece++) response.write('x'.repeat(100))
      return response.end()
    }
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '5' }).end('hello')
  })
})
afterAll(() => {
  origin.close()
  inward.close()
})

const limits = (changed: Partial<FetchLimits> = {}): FetchLimits => ({
  allowedPrivateHosts: [origin.host],
  maxBytes: 1000,
  timeoutSeconds: 10,
  ...changed,
})
const get = async (url: string, changed?: Partial<FetchLimits>) => text(await fetchSafely(url, limits(changed)))

async function text({ body }: Fetched): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('fetching what a user names', () => {
  it('streams it, with its type, size and final URL', async () => {
    const fetched = await fetchSafely(`${origin.url}/a?to=/b`, limits())
    expect(fetched).toMatchObject({ contentType: 'text/plain', size: 5, url: `${origin.url}/b` })
    expect(await text(fetched)).toBe('hello')
  })

  it('never reaches a private address, however it is written', async () => {
    const port = Number(inward.host.split(':')[1])
    const hosts = [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.0.0.1.',
      'localhost',
      '0.0.0.0',
      '0',
    ]
    const ipv6 = ['[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::]', '[64:ff9b::7f00:1]']
    for (const host of [...hosts, ...ipv6]) {
      await expect(get(`http://${host}:${port}/`), host).rejects.toThrow('is not a public address')
    }
    expect(inward.asked).toEqual([])
  })

  it.each([
    'http://10.0.0.1/',
    'http://192.168.0.1/',
    'http://172.16.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
  ])('refuses %s without trying', async (url) => {
    await expect(get(url)).rejects.toThrow('is not a public address')
  })

  it.each([
    ['ftp://example.com/a', 'Only http and https'],
    ['file:///etc/passwd', 'Only http and https'],
    ['data:text/plain,x', 'Only http and https'],
    ['http://user:password@example.com/', 'user name or password'],
    ['/relative', 'not a URL'],
    ['', 'not a URL'],
  ])('refuses %s', async (url, reason) => {
    await expect(get(url)).rejects.toThrow(reason)
  })

  it('checks a redirect as it checked the first URL', async () => {
    for (const to of [inward.url, 'http://localhost/', 'file:///etc/passwd', 'http://a:b@example.com/']) {
      await expect(get(`${origin.url}/?to=${encodeURIComponent(to)}`)).rejects.toThrow(
        /public address|Only http|password/,
      )
    }
    expect(inward.asked).toEqual([])
  })

  it('follows five redirects and no sixth', async () => {
    const via = (count: number): string => (count === 0 ? '/end' : `/?to=${encodeURIComponent(via(count - 1))}`)
    expect(await get(origin.url + via(5))).toBe('hello')
    await expect(get(origin.url + via(6))).rejects.toThrow('more than 5 times')
  })

  it('allows a private host only on the port that is listed', async () => {
    expect(await get(inward.url, { allowedPrivateHosts: [inward.host] })).toContain('secret')
    await expect(get(inward.url, { allowedPrivateHosts: ['127.0.0.1:1'] })).rejects.toThrow('is not a public address')
  })

  it('allows a listed name on its port', async () => {
    const port = origin.host.split(':')[1]
    expect(await get(`http://localhost:${port}/`, { allowedPrivateHosts: [`localhost:${port}`] })).toBe('hello')
  })

  it('stops at the limit, announced or not', async () => {
    await expect(get(`${origin.url}/`, { maxBytes: 4 })).rejects.toThrow('larger than the 4 bytes')
    await expect(get(`${origin.url}/chunked`)).rejects.toThrow('larger than the 1000 bytes')
  })

  it.each(['/silent', '/endless'])('gives up on %s in time', async (path) => {
    await expect(get(origin.url + path, { timeoutSeconds: 0.2 })).rejects.toThrow('took longer than 0.2 s')
  })

  it('ends when the caller has had enough', async () => {
    const controller = new AbortController()
    const asking = get(`${origin.url}/silent`, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(asking).rejects.toThrow('enough')
  })

  it.each([
    ['/missing', 'answered 404'],
    ['/cut', "can't be reached"],
  ])('says what happened to %s', async (path, reason) => {
    await expect(get(origin.url + path)).rejects.toThrow(reason)
  })

  it('says that nobody listens', async () => {
    const gone = await startOriginServer(() => {})
    gone.close()
    await expect(get(gone.url, { allowedPrivateHosts: [gone.host] })).rejects.toThrow("can't be reached (ECONNREFUSED)")
  })
})

describe('a public address', () => {
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.1.1',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::7f00:1',
    'fe80::1',
    'fc00::1',
    'fec0::1',
    'ff02::1',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'localhost',
    '',
  ])('is not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})
