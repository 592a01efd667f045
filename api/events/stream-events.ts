import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../../prisma/client.ts'
import { readEvents, readHeads } from '../../prisma/queries/events.ts'
import { ApiError } from '../errors.ts'
import { plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'
import { type EventFeed, type Position, type Subscription, WINDOW_MS } from './event-feed.ts'
import { eventStream, frame, HEARTBEAT_MS, heartbeat, LastEventId, lastEventId } from './event-stream.ts'

/** Replayed at once, so that a reader who was away for days does not have everything in memory. */
const JOBS_AT_ONCE = 100

const route = createRoute({
  method: 'get',
  path: '/events',
  tags: ['Events'],
  summary: 'The events of every job that the caller may see, from now on, as server-sent events',
  description:
    'Each event names its job and its number within that job, from 1 without gaps. The id of an event is opaque; with ' +
    'Last-Event-ID (or last_event_id) the stream first tells what was missed since.',
  request: { query: LastEventId },
  responses: {
    200: { description: 'The events', content: { 'text/event-stream': { schema: z.string() } } },
    ...plainRefusals({ 400: 'The last event id is none that this stream gave' }),
  },
})

/** @param whole the database beyond the request: a stream outlives it */
export function streamEvents(feed: EventFeed, whole: Database) {
  return endpoint(route, async (c) => {
    const given = lastEventId(c)
    const cursor = given === undefined ? null : decodeCursor(given)
    if (given !== undefined && !cursor) throw new ApiError(400, 'The last event id is none that this stream gave')
    const { clientId } = c.var.principal
    const subscription = await feed.subscribe((event) => clientId === null || event.clientId === clientId)
    return eventStream(c, subscription, frames(whole, clientId, cursor, subscription))
  })
}

async function* frames(
  db: Database,
  clientId: string | null,
  resumed: Cursor | null,
  subscription: Subscription,
): AsyncGenerator<string, void> {
  const { start } = subscription
  const cursor = resumed ?? (await startingHere(db, clientId, start))
  if (resumed) yield* missed(db, clientId, resumed)
  // A place to come back to, although nothing has happened yet.
  yield heartbeat(encodeCursor(cursor))
  for (;;) {
    const news = await subscription.next(HEARTBEAT_MS)
    if (!news) return
    for (const event of news.events) {
      if (event.seq <= (cursor.seen.get(event.jobId) ?? 0)) continue
      cursor.seen.set(event.jobId, event.seq)
      yield frame(event, encodeCursor(cursor))
    }
    cursor.time = news.position.time
    for (const jobId of cursor.seen.keys()) if (!news.position.heads.has(jobId)) cursor.seen.delete(jobId)
    if (news.events.length === 0) yield heartbeat(encodeCursor(cursor))
  }
}

/** Only the caller's jobs are named in what it is given to hand back. */
async function startingHere(db: Database, clientId: string | null, { time, heads }: Position): Promise<Cursor> {
  if (clientId === null) return { time, seen: new Map(heads) }
  const own = await readHeads(db, { since: new Date(time - WINDOW_MS), clientId })
  return { time, seen: new Map([...heads].filter(([jobId]) => own.has(jobId))) }
}

async function* missed(db: Database, clientId: string | null, cursor: Cursor): AsyncGenerator<string, void> {
  const heads = await readHeads(db, { since: new Date(cursor.time - WINDOW_MS), clientId })
  const behind = [...heads]
    .map(([jobId, { first, last }]) => ({ jobId, last, after: cursor.seen.get(jobId) ?? first - 1 }))
    .filter(({ after, last }) => last > after)
  for (let n = 0; n < behind.length; n += JOBS_AT_ONCE) {
    for (const event of await readEvents(db, behind.slice(n, n + JOBS_AT_ONCE))) {
      cursor.seen.set(event.jobId, event.seq)
      yield frame(event, encodeCursor(cursor))
    }
  }
}
