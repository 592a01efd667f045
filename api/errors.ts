/** The one error funnel: whatever is thrown in a route becomes an answer here, in the form that its path has. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { OutsideClientScope } from '../prisma/client-scope.ts'
import { BlobNotFound, BlobTooLarge } from '../storage/blob-store.ts'
import { discardBody } from './discard-body.ts'
import type { ApiEnv } from './router.ts'
import { isDiskFull, whatIsDown } from './what-is-down.ts'

export interface ApiErrorOptions extends ErrorOptions {
  /** For clients and campaigns; without it the status's usual code. */
  code?: string
  /** What is wrong with which field; said in both forms. */
  details?: Record<string, string[]>
  /** Further fields beside `error`, in the plain form only. */
  extra?: Record<string, unknown>
  /** Seconds, for the Retry-After header. */
  retryAfterSeconds?: number
}

/** Throw it from a route to answer with `status`; `message` is shown to the caller. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: ContentfulStatusCode
  readonly options: ApiErrorOptions
  constructor(status: ContentfulStatusCode, message: string, options: ApiErrorOptions = {}) {
    super(message, options)
    this.status = status
    this.options = options
  }
}

/** @throws ApiError 404, "<what> not found", when `value` is null */
export function found<T>(value: T | null, what: string): T {
  if (value === null) throw new ApiError(404, `${what} not found`)
  return value
}

/** Of errors of clients and campaigns. */
const USUAL_CODES: Record<number, string> = {
  400: 'bad_request',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'too_large',
  422: 'validation_failed',
  429: 'too_many_requests',
  503: 'unavailable',
}

export function usualCode(status: number): string {
  return USUAL_CODES[status] ?? 'internal_error'
}

/** Answers what a route threw. A message of an error that is not an ApiError is logged, never shown. */
export async function answerError(error: Error, c: Context<ApiEnv>): Promise<Response> {
  const known = asApiError(error)
  const refusal = known ?? new ApiError(500, `Something went wrong here. The log has it as request ${c.var.requestId}.`)
  if (refusal.status >= 500) c.var.log.error({ err: error }, 'request failed')
  const { retryAfterSeconds } = refusal.options
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds))
  if (refusal.status === 413) {
    await discardBody(c.env?.incoming)
    // What is still coming after that is not read, so the connection serves no second request.
    c.header('connection', 'close')
  }
  return c.json(errorBody(c.req.path, refusal), refusal.status)
}

/** Clients and campaigns answer `{error:{message,code,details?}}`, everything else `{error:"…",…}`. */
function errorBody(path: string, { status, message, options }: ApiError) {
  const { details, extra } = options
  if (/^\/api\/v3\/(clients|campaigns)(\/|$)/.test(path)) {
    const code = options.code ?? usualCode(status)
    return { error: { message, code, ...(details && { details }) } }
  }
  return { error: message, ...(details && { details }), ...extra }
}

const DISK_FULL = new ApiError(503, 'The disk of this server is full: make room on it, then try again.', {
  retryAfterSeconds: 60,
})

function asApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error
  if (error instanceof HTTPException) return fromHono(error)
  if (error instanceof OutsideClientScope) return new ApiError(403, error.message)
  if (error instanceof BlobNotFound) {
    return new ApiError(404, 'The bytes are gone from the store', { extra: { blob: error.hash } })
  }
  if (error instanceof BlobTooLarge) return tooLarge(error.maxBytes)
  const down = whatIsDown(error)
  if (!down) return isDiskFull(error) ? DISK_FULL : null
  return new ApiError(503, `${down} can't be reached right now. Try again in a few seconds.`, { retryAfterSeconds: 5 })
}

/** What the library refuses by itself: JSON that does not parse, and another content type. */
function fromHono(error: HTTPException): ApiError | null {
  if (error.status === 400) return new ApiError(400, 'The body is not valid JSON')
  if (error.status === 415) {
    return new ApiError(400, 'The body has a content type that this route does not take: send application/json')
  }
  return null
}

/** @param maxBytes what would have been taken */
export function tooLarge(maxBytes: number): ApiError {
  return new ApiError(413, `The body is larger than the ${maxBytes} bytes that are taken`, {
    extra: { max_bytes: maxBytes },
  })
}
