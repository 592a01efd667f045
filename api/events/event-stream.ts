/** Server-sent events over HTTP: frames, and a stream of them that ends cleanly whoever ends it. */
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { FeedEvent } from '../../prisma/queries/events.ts'
import type { ApiEnv } from '../router.ts'
import type { Subscription } from './event-feed.ts'

/** How often a silent stream shows that it lives; proxies cut what is silent for a minute. */
export const HEARTBEAT_MS = 15_000
/** Then it is ended and the reader resumes by itself: a session that has ended meanwhile no longer opens it. */
const LIFETIME_MS = 15 * 60_000
/** How soon a reader comes back, in milliseconds. */
const RETRY = 'retry: 1000\n\n'

/** @param id what the reader hands back to resume */
export function frame({ jobId, seq, type, at, data }: Omit<FeedEvent, 'clientId'>, id: string): string {
  const told = { job_id: jobId, seq, at: at.toISOString(), ...(data as Record<string, unknown>) }
  return `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(told)}\n\n`
}

/** @param id moves the reader's place although nothing was said */
export function heartbeat(id?: string): string {
  return id === undefined ? ': heartbeat\n\n' : `: heartbeat\nid: ${id}\n\n`
}

/** For readers that can't set a header. */
export const LastEventId = z.object({
  last_event_id: z.string().optional().openapi({ description: 'The same as the header Last-Event-ID, which wins' }),
})

/** What the reader has seen: the header that browsers send by themselves, or the query. */
export function lastEventId(c: Context<ApiEnv>): string | undefined {
  return c.req.header('last-event-id') || c.req.query('last_event_id') || undefined
}

/**
 * A key that was revoked is told nothing more: its stream ends with what it would have been told, a heartbeat at the latest.
 * @param frames ends when `subscription` is closed
 */
export function eventStream(
  c: Context<ApiEnv>,
  subscription: Subscription,
  frames: AsyncGenerator<string, void>,
): Response {
  const { log, isWelcome } = c.var
  const closing = c.env?.closing
  const end = () => subscription.close()
  const lifetime = setTimeout(end, LIFETIME_MS)
  lifetime.unref()
  const over = () => {
    clearTimeout(lifetime)
    closing?.removeEventListener('abort', end)
    end()
  }
  closing?.addEventListener('abort', end, { once: true })
  if (closing?.aborted || c.req.method === 'HEAD') over()

  const encoder = new TextEncoder()
  let left = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(RETRY)),
    async pull(controller) {
      const next = async () => {
        const { value } = await frames.next()
        return (await isWelcome()) ? value : undefined
      }
      const value = await next().catch((error: unknown) => {
        log.warn({ err: error }, 'an event stream broke off; its reader resumes')
      })
      if (left) return
      if (typeof value === 'string') return controller.enqueue(encoder.encode(value))
      over()
      controller.close()
    },
    cancel() {
      left = true
      over()
    },
  })
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  }
  return c.req.method === 'HEAD' ? c.body(null, 200, headers) : c.body(body, 200, headers)
}
