/**
 * Idempotency-Key: a POST that is sent again, because its answer was lost, has its effect once and gets the same answer
 * (docs/decisions/0010-idempotency-keys.md).
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import {
  claimRequest,
  createdJob,
  type IdempotentRequest,
  keepAnswer,
  releaseRequest,
  releaseUnlessDone,
  renewLease,
  takeOverRequest,
} from '../../prisma/queries/idempotent-requests.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import type { ApiEnv, Router } from '../router.ts'
import { asRepeatable } from './current-request.ts'
import { type RepeatableBody, repeatableBody } from './repeatable-body.ts'

const KEY = /^[\x21-\x7e]{1,255}$/

/** For the OpenAPI document. */
export const idempotencyKeyHeader = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  description: 'Sent again with the same key, within 24 hours, the request has its effect once and the same answer',
  schema: { type: 'string' as const, pattern: KEY.source },
  example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
}

/** Whether requests may be repeated so: those that create or decide something. */
export function isRepeatable(method: string, path: string): boolean {
  return method.toUpperCase() === 'POST' && path.startsWith('/api/v3/') && path !== '/api/v3/session'
}
const RENEW_EVERY_MS = 10_000
/** Bytes of a form beside its file. */
const FORM_BYTES = 1024 * 1024
/** The fingerprint of a body that nobody has read to its end yet. */
const UNREAD = 'unread'

type Deps = Pick<ApiDeps, 'config' | 'db' | 'log'>

/** @param app runs the request that is let through, apart from this one, so that its answer is kept even when it is late */
export function repeatSafely(deps: Deps, app: Router): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (c.env?.repeat) return asRepeatable(c.env.repeat, next)
    if (key === undefined || !isRepeatable(c.req.method, c.req.path)) return next()
    if (!KEY.test(key)) throw new ApiError(400, 'Idempotency-Key takes 1 to 255 printable characters without spaces')
    const body = await repeatableBody(c)
    const caller = c.var.principal.id
    const { isNew, row } = await claimRequest(deps.db, { caller, key, fingerprint: body.fingerprint ?? UNREAD })
    if (isNew) return run(c, deps, app, row, body)
    if (row.status !== null) return replay(c, deps, row, body)
    if (body.fingerprint !== null && body.fingerprint !== row.fingerprint) throw anotherBody()
    if (row.leaseUntil > new Date() || !(await takeOverRequest(deps.db, row))) throw stillRunning()
    return run(c, deps, app, row, body)
  }
}

/** Answers what was answered before. @throws ApiError 422 when this is another request */
async function replay(
  c: Context<ApiEnv>,
  { config }: Deps,
  row: IdempotentRequest,
  body: RepeatableBody,
): Promise<Response> {
  const fingerprint = await body.drain(config.http.maxUploadBytes + FORM_BYTES)
  if (fingerprint !== row.fingerprint) throw anotherBody()
  c.header('idempotency-replayed', 'true')
  return answer(c, row.status ?? 200, row.body ?? '', row.contentType)
}

/** Runs the request, and keeps its answer when it had an effect. */
async function run(
  c: Context<ApiEnv>,
  { db, log }: Deps,
  app: Router,
  row: IdempotentRequest,
  body: RepeatableBody,
): Promise<Response> {
  const renewing = setInterval(() => {
    renewLease(db, row.id).catch((error: unknown) => log.warn({ err: error }, 'a lease was not renewed'))
  }, RENEW_EVERY_MS)
  try {
    const headers = new Headers(c.req.raw.headers)
    headers.set('x-request-id', c.var.requestId)
    const init = { method: 'POST', headers, body: body.body, duplex: 'half' as const, signal: c.req.raw.signal }
    const repeat = { requestId: row.id, jobId: createdJob(row), fingerprint: () => body.finalFingerprint() }
    const response = await app.fetch(new Request(c.req.url, init), { ...c.env, repeat })
    const text = await response.text()
    const contentType = response.headers.get('content-type')
    if (response.ok) {
      const fingerprint = body.finalFingerprint()
      await keepAnswer(db, row.id, { status: response.status, body: text, contentType, fingerprint })
    } else {
      // A fault may come after the effect; what is refused after it, as too late say, came to nothing.
      await (response.status >= 500 ? releaseUnlessDone : releaseRequest)(db, row.id)
    }
    const retryAfter = response.headers.get('retry-after')
    if (retryAfter) c.header('retry-after', retryAfter)
    return answer(c, response.status, text, contentType)
  } finally {
    clearInterval(renewing)
  }
}

function answer(c: Context<ApiEnv>, status: number, body: string, contentType: string | null): Response {
  return c.body(body, status as ContentfulStatusCode, contentType ? { 'content-type': contentType } : {})
}

function anotherBody(): ApiError {
  return new ApiError(422, 'This Idempotency-Key was used with another request: draw a new key for a new request')
}

function stillRunning(): ApiError {
  return new ApiError(409, 'The request with this Idempotency-Key is still being worked on: ask again in a moment', {
    retryAfterSeconds: 2,
  })
}
