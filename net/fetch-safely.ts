/** Fetches a URL that a user gave: it may lead inward, elsewhere, nowhere, or never end. */
import { Agent, type Dispatcher, request } from 'undici'
import { connectSafely, FetchRefused } from './connect-safely.ts'

export { FetchRefused }

const MAX_REDIRECTS = 5

export interface FetchLimits {
  /** `host:port` that may be reached although private, as in ALLOWED_PRIVATE_HOSTS. */
  allowedPrivateHosts: readonly string[]
  maxBytes: number
  /** For everything, from the first look-up to the last byte. */
  timeoutSeconds: number
  signal?: AbortSignal
}

export interface Fetched {
  /** Throws FetchRefused once more than `maxBytes` have come, or the time is over. Read it, or stop it by `return`. */
  body: AsyncGenerator<Uint8Array>
  /** As the server calls it. */
  contentType: string | null
  /** Bytes, as the server announces them. */
  size: number | null
  /** The URL that answered, after redirects. */
  url: string
}

/**
 * GETs an http or https URL; every redirect is checked as the first URL was.
 * @throws FetchRefused with a sentence that names the host and the reason, unless `signal` was aborted
 */
export async function fetchSafely(url: string, limits: FetchLimits): Promise<Fetched> {
  const deadline = AbortSignal.timeout(Math.ceil(limits.timeoutSeconds * 1000))
  const signal = limits.signal ? AbortSignal.any([deadline, limits.signal]) : deadline
  const dispatcher = new Agent({ connect: connectSafely(limits.allowedPrivateHosts) })
  try {
    const { response, target } = await follow(checkedUrl(url), { dispatcher, signal })
    const announced = Number(response.headers['content-length'])
    const size = Number.isSafeInteger(announced) ? announced : null
    if (size !== null && size > limits.maxBytes) throw tooLarge(target, limits.maxBytes)
    const contentType = response.headers['content-type']
    return {
      body: limited(response.body, target, limits, dispatcher),
      contentType: typeof contentType === 'string' ? contentType : null,
      size,
      url: target.href,
    }
  } catch (error) {
    await dispatcher.destroy()
    throw asRefusal(error, url, limits)
  }
}

/** Asks, and asks again where it is sent. */
async function follow(first: URL, options: { dispatcher: Dispatcher; signal: AbortSignal }) {
  let target = first
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await request(target, { ...options, headers: { 'accept-encoding': 'identity' } })
    const { statusCode, headers } = response
    if (statusCode === 200) return { response, target }
    await response.body.dump()
    if (![301, 302, 303, 307, 308].includes(statusCode) || typeof headers.location !== 'string') {
      throw new FetchRefused(`${target.host} answered ${statusCode}.`)
    }
    target = checkedUrl(headers.location, target)
  }
  throw new FetchRefused(`${first.host} redirects more than ${MAX_REDIRECTS} times.`)
}

/** @throws FetchRefused for what is no http or https URL, or carries a password */
export function checkedUrl(url: string, base?: URL): URL {
  const parsed = URL.parse(url, base?.href)
  if (!parsed) throw new FetchRefused('It is not a URL.')
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new FetchRefused(`Only http and https URLs are fetched, not ${parsed.protocol}`)
  }
  if (parsed.username || parsed.password) throw new FetchRefused('A URL with a user name or password is not fetched.')
  return parsed
}

async function* limited(
  body: AsyncIterable<Uint8Array>,
  target: URL,
  limits: FetchLimits,
  dispatcher: Dispatcher,
): AsyncGenerator<Uint8Array> {
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.byteLength
      if (size > limits.maxBytes) throw tooLarge(target, limits.maxBytes)
      yield chunk
    }
  } catch (error) {
    throw asRefusal(error, target.href, limits)
  } finally {
    await dispatcher.destroy()
  }
}

function tooLarge(target: URL, maxBytes: number): FetchRefused {
  return new FetchRefused(`What ${target.host} sends is larger than the ${maxBytes} bytes that are taken.`)
}

/** What went wrong, as a sentence; what the caller aborted is thrown as it is. */
export function asRefusal(
  error: unknown,
  url: string,
  limits: Pick<FetchLimits, 'timeoutSeconds' | 'signal'>,
): unknown {
  if (error instanceof FetchRefused || limits.signal?.aborted) return error
  const host = URL.parse(url)?.host ?? 'The host'
  const { name, code, cause } = error as { name?: string; code?: string; cause?: unknown }
  if (cause instanceof FetchRefused) return cause
  if (name === 'TimeoutError') return new FetchRefused(`${host} took longer than ${limits.timeoutSeconds} s.`)
  if (code === 'ENOTFOUND') return new FetchRefused(`There is no host ${host}.`)
  return new FetchRefused(`${host} can't be reached${code ? ` (${code})` : ''}.`, { cause: error })
}
