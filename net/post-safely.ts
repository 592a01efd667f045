/** POSTs to a URL that a user gave: it may lead inward, elsewhere, nowhere, or never answer. */
import { Agent, request } from 'undici'
import { connectSafely } from './connect-safely.ts'
import { asRefusal, checkedUrl, type FetchLimits } from './fetch-safely.ts'

export interface PostAnswer {
  status: number
  /** The Retry-After header in seconds, when it is there and a number. */
  retryAfterSeconds: number | null
}

/** How much of an answer is read before the connection is dropped. Bytes. */
const READ_BYTES = 64 * 1024

/**
 * Sends `body` and reads no more of the answer than its status: what it says is of no use here. No redirect is followed.
 * @throws FetchRefused with a sentence that names the host and the reason, unless `signal` was aborted
 */
export async function postSafely(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: string },
  limits: Omit<FetchLimits, 'maxBytes'>,
): Promise<PostAnswer> {
  const deadline = AbortSignal.timeout(Math.ceil(limits.timeoutSeconds * 1000))
  const signal = limits.signal ? AbortSignal.any([deadline, limits.signal]) : deadline
  const dispatcher = new Agent({ connect: connectSafely(limits.allowedPrivateHosts) })
  try {
    const response = await request(checkedUrl(url), { method: 'POST', headers, body, dispatcher, signal })
    await response.body.dump({ limit: READ_BYTES, signal }).catch(() => {})
    const retryAfter = Number(response.headers['retry-after'] ?? Number.NaN)
    return { status: response.statusCode, retryAfterSeconds: retryAfter > 0 ? retryAfter : null }
  } catch (error) {
    throw asRefusal(error, url, limits)
  } finally {
    await dispatcher.destroy()
  }
}
