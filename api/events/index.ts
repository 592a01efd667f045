/** Live progress: what happens to jobs, as server-sent events. */
import type { Database } from '../../prisma/client.ts'
import type { ApiDeps } from '../deps.ts'
import type { EventFeed } from './event-feed.ts'
import { streamEvents } from './stream-events.ts'
import { streamJobEvents } from './stream-job-events.ts'

/** @param whole the database beyond the request, not one caller's view of it */
export function eventRoutes(deps: ApiDeps, feed: EventFeed, whole: Database) {
  return [streamEvents(feed, whole), streamJobEvents(deps, feed, whole)] as const
}
