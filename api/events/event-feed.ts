/**
 * What happens to jobs, whichever process writes it: one small query every 300 ms for all event streams of this server,
 * and none while there are none (docs/decisions/0012-event-streams.md).
 */
import type { Logger } from 'pino'
import type { Database } from '../../prisma/client.ts'
import { type FeedEvent, type Heads, readEvents, readHeads } from '../../prisma/queries/events.ts'
import { withoutLogFields } from '../../telemetry/log-fields.ts'

const EVERY_MS = 300
/**
 * How far back each look reaches. An event gets its time when it is written and shows when its transaction commits, which
 * may be 30 seconds later (prisma/client.ts); the rest is for the clocks of several servers.
 */
export const WINDOW_MS = 60_000
/** A reader that is this far behind is cut off; it resumes where it was. */
const QUEUE_LIMIT = 5_000

/** Up to where a reader knows everything. */
export interface Position {
  /** When the look began, in milliseconds. */
  time: number
  /** The newest event of every job that has some in the window before `time`. */
  heads: Heads
}

export interface Subscription {
  /** From here on everything that is wanted is handed over. */
  start: Position
  /**
   * Waits for events, at most `waitMs`.
   * @returns those that have come, perhaps none, and the position after them; null once it is closed
   */
  next(waitMs: number): Promise<{ events: FeedEvent[]; position: Position } | null>
  close(): void
}

export interface EventFeed {
  subscribe(wanted: (event: FeedEvent) => boolean): Promise<Subscription>
  /** How many streams there are. */
  size(): number
}

/** @param db the whole database, not one client's view of it: who wants an event says so */
export function createEventFeed({ db, log }: { db: Database; log: Logger }): EventFeed {
  const readers = new Set<Reader>()
  let position: Position | null = null
  let timer: NodeJS.Timeout | undefined
  /** Looks are made one after the other, or an older one would undo a newer one's position. */
  let looking: Promise<void> = Promise.resolve()

  async function look(): Promise<void> {
    const time = Date.now()
    // After an outage it reaches back to the last look that worked.
    const seen = await readHeads(db, { since: new Date((position?.time ?? time) - WINDOW_MS) })
    const heads = new Map([...seen].map(([jobId, { last }]) => [jobId, last]))
    if (position) {
      const known = position.heads
      const changed = [...seen].map(([jobId, { first, last }]) => ({
        jobId,
        last,
        after: known.get(jobId) ?? first - 1,
      }))
      const events = await readEvents(
        db,
        changed.filter(({ after, last }) => last > after),
      )
      for (const { jobId, seq } of events) heads.set(jobId, Math.max(seq, heads.get(jobId) ?? 0))
      for (const reader of readers) reader.take(events)
    }
    position = { time, heads }
  }
  function lookNow(): Promise<void> {
    const done = looking.then(look)
    looking = done.catch(() => {})
    return done
  }
  function lookAgain(): void {
    timer = setTimeout(async () => {
      await lookNow().catch((error: unknown) => log.warn({ err: error }, 'job events could not be read'))
      if (readers.size > 0) return lookAgain()
      timer = undefined
      position = null
    }, EVERY_MS)
    timer.unref()
  }

  return {
    size: () => readers.size,
    async subscribe(wanted) {
      const current = () => position as Position
      const reader = createReader(wanted, current, () => readers.delete(reader))
      // Counted from now on, so that the loop does not stop while this look is made.
      readers.add(reader)
      await lookNow().catch((error: unknown) => {
        readers.delete(reader)
        throw error
      })
      if (!timer) withoutLogFields(lookAgain)
      return reader.begin()
    },
  }
}

interface Reader {
  take(events: FeedEvent[]): void
  begin(): Subscription
}

function createReader(wanted: (event: FeedEvent) => boolean, position: () => Position, left: () => void): Reader {
  let queue: FeedEvent[] = []
  let closed = false
  let wake = () => {}
  const close = () => {
    closed = true
    left()
    wake()
  }
  return {
    take(events) {
      queue.push(...events.filter(wanted))
      if (queue.length > QUEUE_LIMIT) close()
      else if (queue.length > 0) wake()
    },
    begin() {
      queue = []
      return {
        start: position(),
        close,
        async next(waitMs) {
          if (!closed && queue.length === 0) await untilWoken(waitMs, (awake) => (wake = awake))
          if (closed) return null
          const events = queue
          queue = []
          return { events, position: position() }
        },
      }
    },
  }
}

function untilWoken(atMostMs: number, register: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, atMostMs)
    timer.unref()
    register(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
