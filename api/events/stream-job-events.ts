import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../../prisma/client.ts'
import { DELETED, readJobEvents } from '../../prisma/queries/events.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import type { EventFeed, Subscription } from './event-feed.ts'
import { eventStream, frame, HEARTBEAT_MS, heartbeat, LastEventId, lastEventId } from './event-stream.ts'

const PAGE = 500

const route = createRoute({
  method: 'get',
  path: '/jobs/{id}/events',
  tags: ['Events'],
  summary: "A job's events from its first on, then live, as server-sent events",
  description:
    'The id of an event is its number within the job, from 1 without gaps. With Last-Event-ID (or last_event_id) the ' +
    'stream goes on after that one. It stays open when the job has ended, because a retry or a regeneration may follow; it ends when the job is deleted.',
  request: {
    params: z.object({ id: jobIdParam }),
    query: LastEventId,
  },
  responses: {
    200: { description: 'The events', content: { 'text/event-stream': { schema: z.string() } } },
    ...plainRefusals({ 400: 'The last event id of a job is a number', 404: 'Job not found' }),
  },
})

/** @param whole the database beyond the request: a stream outlives it */
export function streamJobEvents({ db }: ApiDeps, feed: EventFeed, whole: Database) {
  return endpoint(route, async (c) => {
    const { id } = await requireJob(db, c.req.valid('param').id)
    const given = lastEventId(c) ?? '0'
    if (!/^\d{1,9}$/.test(given)) throw new ApiError(400, 'The last event id of a job is a number')
    const subscription = await feed.subscribe((event) => event.jobId === id)
    return eventStream(c, subscription, frames(whole, id, Number(given), subscription))
  })
}

async function* frames(
  db: Database,
  jobId: number,
  after: number,
  subscription: Subscription,
): AsyncGenerator<string, void> {
  let last = after
  for (;;) {
    const missed = await readJobEvents(db, { jobId, after: last, take: PAGE })
    for (const event of missed) {
      last = event.seq
      yield frame(event, String(last))
    }
    if (missed.length < PAGE) break
  }
  for (;;) {
    const news = await subscription.next(HEARTBEAT_MS)
    if (!news) return
    if (news.events.length === 0) yield heartbeat()
    for (const event of news.events) {
      if (event.seq <= last) continue
      last = event.seq
      yield frame(event, String(last))
      if (event.type === DELETED) return
    }
  }
}
