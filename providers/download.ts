/** Fetching a prediction's output from wherever the provider serves it. */
import { startDeadline } from './deadline.ts'
import { type Ask, failureOf, type Trouble, type Vendor } from './failures.ts'
import { reasonOf } from './fetch-once.ts'
import { ProviderError } from './ports.ts'

const MOST_REDIRECTS = 5
const ASK: Ask = {
  doing: 'hand over a prediction’s output',
  missing: 'Outputs are removed an hour after the prediction ended; render again to get a new one.',
}

export interface Download {
  body: AsyncIterable<Uint8Array>
  /** Bytes, as announced. */
  size: number | null
  contentType: string | null
}

/**
 * Opens an output for streaming, following redirects.
 * @param api the provider's API: the key goes to this origin only, and `http:` is accepted only for its host
 * @param stallSeconds without a byte before the download is given up
 * @throws ProviderError, also while the body is iterated
 */
export async function download(
  url: string,
  { vendor, api, stallSeconds, signal }: { vendor: Vendor; api: URL; stallSeconds: number; signal?: AbortSignal },
): Promise<Download> {
  const deadline = startDeadline(stallSeconds, signal)
  const broken = (trouble: Trouble) => {
    signal?.throwIfAborted()
    return new ProviderError(failureOf(vendor, trouble, ASK))
  }
  try {
    const answer = await follow(checked(url, api, vendor), { vendor, api, signal: deadline.signal })
    if (!answer.ok) {
      const { status, headers } = answer
      const host = new URL(answer.url).host
      // Whoever else serves it never saw the key, so the key can't be what is wrong.
      if ((status === 401 || status === 403) && host !== api.host) throw new Error(`${host} forbids it (${status})`)
      throw broken({ kind: 'answer', status, headers, body: await answer.text() })
    }
    deadline.pause()
    const length = answer.headers.get('content-length')
    // The size of what is sent is not that of the file when it is sent compressed.
    const size = length === null || answer.headers.has('content-encoding') ? null : Number(length)
    const body = chunks(answer, { size, deadline, broken })
    return { body, size, contentType: answer.headers.get('content-type') }
  } catch (error) {
    deadline.end()
    throw error instanceof ProviderError ? error : broken({ kind: 'lost', reason: reasonOf(error) })
  }
}

async function* chunks(
  answer: Response,
  {
    size,
    deadline,
    broken,
  }: { size: number | null; deadline: ReturnType<typeof startDeadline>; broken: (trouble: Trouble) => Error },
): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader()
  let received = 0
  try {
    while (reader) {
      // Only the provider's silence counts, not the time that the reader of this stream takes.
      deadline.restart()
      const { done, value } = await reader.read()
      deadline.pause()
      if (done) break
      received += value.length
      yield value
    }
  } catch (error) {
    throw broken({ kind: 'lost', reason: `${reasonOf(error)} after ${received} of ${size ?? 'unknown'} bytes` })
  } finally {
    deadline.end()
    await reader?.cancel().catch(() => {})
  }
}

async function follow(
  start: URL,
  { vendor, api, signal }: { vendor: Vendor; api: URL; signal: AbortSignal },
): Promise<Response> {
  let url = start
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const headers: Record<string, string> = { 'accept-encoding': 'identity' }
    if (url.origin === api.origin && vendor.key) headers.authorization = `Bearer ${vendor.key}`
    const answer = await fetch(url, { headers, redirect: 'manual', signal })
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null
    if (location === null) return answer
    await answer.body?.cancel()
    url = checked(new URL(location, url).href, api, vendor)
  }
  throw new Error(`it redirected more than ${MOST_REDIRECTS} times`)
}

/** Accepts https anywhere, and http only on the API's own host, which is how a stand-in on this machine serves outputs. */
function checked(url: string, api: URL, vendor: Vendor): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && parsed.host === api.host)) return parsed
  throw new ProviderError({
    type: 'ProviderInvalidInput',
    message: `${vendor.name} names an output at ${parsed ? `${parsed.protocol}//${parsed.host}` : 'no URL'}, which is not fetched: only https: is, and http: on its own API host. Check ${vendor.urlVariable}.`,
    retryAfterSeconds: null,
  })
}
