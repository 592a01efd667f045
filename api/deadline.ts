/** No request hangs: what neither streams nor waits for a storyboard is answered within five seconds, whatever is down. */
import type { MiddlewareHandler } from 'hono'
import { ApiError } from './errors.ts'
import type { ApiEnv } from './router.ts'

/** With LOOK_EVERY_MS under five seconds, so that the answer arrives within them. */
const DEADLINE_MS = 4_400
const LOOK_EVERY_MS = 100

/** Those that upload, download, make something with ffmpeg, or wait for a storyboard; each has limits of its own. */
const LASTING: ReadonlyArray<[method: string, path: RegExp]> = [
  ['POST', /^\/api\/v3\/assets(\/|$)/],
  ['GET', /^\/api\/v3\/assets\/[^/]+\/(data|thumbnail)$/],
  ['GET', /^\/api\/v3\/videos\/[^/]+\/(preview|hls\/[^/]+)$/],
  ['GET', /^\/api\/v3\/jobs\/[^/]+\/contact-sheet$/],
  ['POST', /^\/api\/v3\/jobs\/from-/],
  ['POST', /^\/api\/v3\/campaigns\/[^/]+\/create-job$/],
]

export function isLasting(method: string, path: string): boolean {
  const of = method === 'HEAD' ? 'GET' : method
  return LASTING.some(([one, at]) => one === of && at.test(path))
}

interface Waiting {
  /** Of performance.now(). */
  until: number
  refuse(): void
}

/** Those whose time is up first come first. One timer looks after all: one for each is dear, and hardly any goes off. */
const waiting = new Set<Waiting>()
setInterval(() => {
  for (const one of waiting) {
    if (one.until > performance.now()) return
    one.refuse()
    waiting.delete(one)
  }
}, LOOK_EVERY_MS).unref()

/**
 * Answers 503 in place of a request that takes too long; that goes on, and a repeat with the same Idempotency-Key finds
 * out what became of it. An event stream is answered when it begins, so it is not meant here.
 */
export const answerInTime: MiddlewareHandler<ApiEnv> = (c, next) => {
  const { method, path } = c.req
  // Of a request that is run for another, the other one keeps the time.
  if (c.env?.repeat || isLasting(method, path)) return next()
  return new Promise<void>((resolve, reject) => {
    const request = { until: performance.now() + DEADLINE_MS, refuse: () => reject(tooLate(method)) }
    waiting.add(request)
    next()
      .then(resolve, reject)
      .finally(() => waiting.delete(request))
  })
}

function tooLate(method: string): ApiError {
  const doubt =
    method === 'GET' || method === 'HEAD'
      ? ''
      : ' It may still take effect: look before you repeat it, or send an Idempotency-Key.'
  return new ApiError(503, `There was no answer in time: something that it needs is down or very busy.${doubt}`, {
    retryAfterSeconds: 5,
  })
}
