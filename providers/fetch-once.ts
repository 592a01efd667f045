/**
 * The fetch that is given to the `replicate` client. The client repeats a request up to six times after a network
 * error and after 429, a POST too, and throws away the body of an error answer. So every answer that is not a success
 * reaches it as one that it won't repeat, and carries with it what really happened.
 */
import { startDeadline } from './deadline.ts'
import type { Trouble } from './failures.ts'

class TroubledResponse extends Response {
  readonly trouble: Trouble
  constructor(trouble: Trouble) {
    // 400 is repeated for no method; what the vendor really answered is in `trouble`.
    super(null, { status: 400 })
    this.trouble = trouble
  }
}

/** What really happened to a request of which the `replicate` client threw `error`; null when it is not about that. */
export function troubleOf(error: unknown): Trouble | null {
  const response = error instanceof Error && 'response' in error ? error.response : null
  return response instanceof TroubledResponse ? response.trouble : null
}

/**
 * Makes a fetch for one exchange: one attempt, its body read to the end, within the deadline.
 * @param headers sent besides the client's own
 */
export function fetchOnce({
  timeoutSeconds,
  signal,
  headers,
}: {
  timeoutSeconds: number
  signal?: AbortSignal
  headers?: Record<string, string>
}): (input: Request | string, init?: RequestInit) => Promise<Response> {
  return async (input, init = {}) => {
    const deadline = startDeadline(timeoutSeconds, signal)
    try {
      const answer = await fetch(input, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), ...headers },
        signal: deadline.signal,
        // A redirected POST would be a second request, to a place that we did not choose.
        redirect: 'manual',
      })
      const body = await answer.text()
      if (!answer.ok) {
        return new TroubledResponse({ kind: 'answer', status: answer.status, headers: answer.headers, body })
      }
      if (!isJson(body)) return new TroubledResponse({ kind: 'lost', reason: 'its answer was not JSON' })
      return new Response(body, { status: 200 })
    } catch (error) {
      return new TroubledResponse({ kind: neverSent(error) ? 'unreachable' : 'lost', reason: reasonOf(error) })
    } finally {
      deadline.end()
    }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Error codes of Node and undici that only looking up a host or opening a connection gives: no byte of the request left. */
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

function neverSent(error: unknown): boolean {
  const code = codeOf(error)
  return code !== null && BEFORE_SENDING.has(code)
}

function codeOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null
}

/** Why a fetch failed, in few words: fetch itself only ever says "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause.message || codeOf(error) : null
  return cause ?? error.message
}
