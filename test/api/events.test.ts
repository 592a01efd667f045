import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../api/app.ts'
import { decodeCursor, encodeCursor } from '../../api/events/cursor.ts'
import { createEventFeed } from '../../api/events/event-feed.ts'
import { listen } from '../../api/listen.ts'
import { JobSettings } from '../../domain/settings.ts'
import { type Database, openDatabase } from '../../prisma/client.ts'
import { createJob } from '../../prisma/queries/jobs.ts'
import { revokeKey } from '../../prisma/queries/keys.ts'
import { advanceJob, recordEvent } from '../../prisma/queries/progress.ts'
import { SAMPLE_SETTINGS } from '../support/sample-settings.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { openEvents } from './event-reader.ts'
import { makeKey, oneOfEverything } from './two-clients.ts'

let api: TestApi
/** As another process has it: the worker, or a second server. */
let other: Database
let campaign: { id: string; clientId: string }
beforeAll(async () => {
  api = await startTestApi()
  other = await openDatabase(api.deps.config.database)
  campaign = (await api.campaign()).campaign
})
afterAll(async () => {
  await other?.$disconnect()
  await api?.close()
})

const SETTINGS = JobSettings.parse(SAMPLE_SETTINGS)

async function newJob(of = campaign): Promise<number> {
  const draft = { type: 'image_pairs', campaignId: of.id, clientId: of.clientId } as const
  const { id } = await createJob(other, { ...draft, parameters: {}, settings: SETTINGS, estimateMicroUsd: 0 })
  return id
}

const tell = (jobId: number, note: string) => other.$transaction((tx) => recordEvent(tx, jobId, 'note', { note }))
const seqs = (events: { data: { seq: number } }[]) => events.map(({ data }) => data.seq)
const jobUrl = (jobId: number) => `${api.url}/api/v3/jobs/${jobId}/events`
const allUrl = () => `${api.url}/api/v3/events`

describe("a job's event stream", () => {
  it('tells the past, then what another process writes, numbered without gaps', async () => {
    const id = await newJob()
    await tell(id, 'before')
    const stream = await openEvents(jobUrl(id))
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    const past = await stream.take(2)
    expect(past).toMatchObject([
      { event: 'created', id: '1', data: { job_id: id, seq: 1, type: 'image_pairs', at: expect.any(String) } },
      { event: 'note', id: '2', data: { note: 'before' } },
    ])
    await other.$transaction((tx) => advanceJob(tx, id, 'starting_render'))
    expect(await stream.take(1)).toMatchObject([
      {
        event: 'progress',
        id: '3',
        data: { status: 'processing', stage: 'starting_render', percentage: 10, error: null },
      },
    ])
    stream.stop()
  })

  it.each(['header', 'query'])('resumes after the last event id of the %s', async (where) => {
    const id = await newJob()
    for (const note of ['a', 'b', 'c']) await tell(id, note)
    const stream =
      where === 'header'
        ? await openEvents(jobUrl(id), { 'last-event-id': '2' })
        : await openEvents(`${jobUrl(id)}?last_event_id=2`)
    expect(seqs(await stream.take(2))).toEqual([3, 4])
    stream.stop()
  })

  it('stays open when the job has ended', async () => {
    const id = await newJob()
    await other.$transaction((tx) => advanceJob(tx, id, 'failed', { error: 'No credit.' }))
    const stream = await openEvents(jobUrl(id))
    expect((await stream.take(2))[1]).toMatchObject({ data: { stage: 'failed', error: 'No credit.' } })
    await tell(id, 'afterwards')
    expect(seqs(await stream.take(1))).toEqual([3])
    stream.stop()
  })

  it('ends with the event that says that the job was deleted', async () => {
    const id = await newJob()
    const [stream, all] = [await openEvents(jobUrl(id)), await openEvents(allUrl())]
    await stream.take(1)
    await all.untilPlaced()
    await other.$transaction(async (tx) => {
      await recordEvent(tx, id, 'deleted', { by: 'Anna' })
      await tx.job.update({ where: { id }, data: { deletedAt: new Date() } })
    })
    const last = [{ event: 'deleted', data: { job_id: id, seq: 2, by: 'Anna' } }]
    expect(await stream.take(1)).toMatchObject(last)
    expect(await all.take(1)).toMatchObject(last)
    await stream.ended()
    all.stop()
  })

  it('is refused for an unknown job, and for a last event id that is no number', async () => {
    expect((await api.call('GET', '/api/v3/jobs/999999/events')).status).toBe(404)
    const id = await newJob()
    expect((await api.call('GET', `/api/v3/jobs/${id}/events?last_event_id=x`)).status).toBe(400)
  })
})

describe('the stream of all jobs', () => {
  it('begins now, and after a reconnect tells exactly what was missed', async () => {
    const [one, two] = [await newJob(), await newJob()]
    const stream = await openEvents(allUrl())
    await stream.untilPlaced()
    await tell(one, 'live')
    expect(await stream.take(1)).toMatchObject([{ event: 'note', data: { job_id: one, seq: 2, note: 'live' } }])
    stream.stop()

    await tell(two, 'missed')
    await tell(one, 'missed')
    const three = await newJob()
    const again = await openEvents(allUrl(), { 'last-event-id': stream.lastId() })
    const missed = (await again.take(3)).map(({ data }) => [data.job_id, data.seq])
    expect(missed.toSorted()).toEqual(
      [
        [one, 3],
        [two, 2],
        [three, 1],
      ].toSorted(),
    )
    await tell(two, 'live again')
    expect((await again.take(1))[0]).toMatchObject({ data: { job_id: two, seq: 3 } })
    again.stop()
  })

  it('loses nothing of a transaction that commits after a later one', async () => {
    const [slow, fast] = [await newJob(), await newJob()]
    const stream = await openEvents(allUrl())
    await stream.untilPlaced()
    await tell(fast, 'first to be seen')
    expect(await stream.take(1)).toMatchObject([{ data: { job_id: fast } }])
    // Its time is from before: as a transaction leaves it that began then and commits now.
    await other.$transaction(async (tx) => {
      await recordEvent(tx, slow, 'note', { note: 'late' })
      await tx.jobEvent.updateMany({ where: { jobId: slow, seq: 2 }, data: { at: new Date(Date.now() - 25_000) } })
    })
    expect(await stream.take(1)).toMatchObject([{ data: { job_id: slow, note: 'late' } }])
    stream.stop()

    await other.$transaction(async (tx) => {
      await recordEvent(tx, slow, 'note', { note: 'later' })
      await tx.jobEvent.updateMany({ where: { jobId: slow, seq: 3 }, data: { at: new Date(Date.now() - 25_000) } })
    })
    const again = await openEvents(allUrl(), { 'last-event-id': stream.lastId() })
    await tell(fast, 'the end')
    expect((await again.take(2)).map(({ data }) => data.note)).toEqual(['later', 'the end'])
    again.stop()
  })

  it('hands every event over once and in order, however often it breaks off, while two processes write', async () => {
    const jobs = await Promise.all(Array.from({ length: 4 }, () => newJob()))
    const before = await openEvents(allUrl())
    await before.untilPlaced()
    before.stop()
    let place = before.lastId()
    const writing = Promise.all(
      jobs.map(async (id, n) => {
        const db = n % 2 ? other : api.db
        for (let count = 0; count < 25; count++) {
          await db.$transaction((tx) => recordEvent(tx, id, 'note', { count }))
          await sleep(Math.random() * 20)
        }
      }),
    )
    const seen = new Map(jobs.map((id) => [id, [] as number[]]))
    for (let left = 100; left > 0; ) {
      const stream = await openEvents(allUrl(), { 'last-event-id': place })
      const events = await stream.take(Math.min(left, 1 + Math.floor(Math.random() * 30)))
      for (const { data } of events) seen.get(data.job_id)?.push(data.seq)
      left -= events.length
      place = stream.lastId()
      stream.stop()
    }
    await writing
    for (const numbers of seen.values()) expect(numbers).toEqual(Array.from({ length: 25 }, (_, n) => n + 2))
  })

  it('hides deleted jobs, and says that an id is none of its own', async () => {
    const stream = await openEvents(allUrl())
    await stream.untilPlaced()
    const [gone, there] = [await newJob(), await newJob()]
    await other.job.update({ where: { id: gone }, data: { deletedAt: new Date() } })
    const again = await openEvents(allUrl(), { 'last-event-id': stream.lastId() })
    expect(await again.take(1)).toMatchObject([{ data: { job_id: there } }])
    for (const each of [stream, again]) each.stop()
    expect((await api.call('GET', '/api/v3/events', undefined, { 'last-event-id': '12;DROP' })).status).toBe(400)
  })
})

describe('the key of one client', () => {
  it('opens only what happens to that client, and names no job of another in its ids', async () => {
    const closed = await startTestApi({ API_AUTH_KEY: 'a-key-of-the-tests' })
    try {
      const [own, foreign] = [await oneOfEverything(closed, 'Own'), await oneOfEverything(closed, 'Foreign')]
      const headers = { 'x-api-key': await makeKey(closed, 'Anna', 'creator', own.client.id) }
      const say = (jobId: number) => closed.db.$transaction((tx) => recordEvent(tx, jobId, 'note', {}))
      const theirs = await closed.request(`/api/v3/jobs/${foreign.job.id}/events`, { headers })
      expect(theirs.status).toBe(404)
      const stream = await openEvents(`${closed.url}/api/v3/events`, headers)
      await stream.untilPlaced()
      for (const { job } of [foreign, own]) await say(job.id)
      expect(await stream.take(1)).toMatchObject([{ data: { job_id: own.job.id } }])
      stream.stop()
      for (const { job } of [foreign, own]) await say(job.id)
      const again = await openEvents(`${closed.url}/api/v3/events`, { ...headers, 'last-event-id': stream.lastId() })
      expect(await again.take(1)).toMatchObject([{ data: { job_id: own.job.id } }])
      expect([...(decodeCursor(again.lastId())?.seen.keys() ?? [])]).toEqual([own.job.id])
      again.stop()
    } finally {
      await closed.close()
    }
  })
})

describe('a revoked key', () => {
  it('is told nothing more: its stream ends with the next event', async () => {
    const closed = await startTestApi({ API_AUTH_KEY: 'a-key-of-the-tests' })
    try {
      const { job } = await oneOfEverything(closed, 'Own')
      const say = () => closed.db.$transaction((tx) => recordEvent(tx, job.id, 'note', {}))
      const stream = await openEvents(`${closed.url}/api/v3/events`, {
        'x-api-key': await makeKey(closed, 'Anna', 'creator'),
      })
      await stream.untilPlaced()
      await say()
      await stream.take(1)
      const key = await closed.db.apiKey.findFirstOrThrow({ where: { name: 'Anna' } })
      await revokeKey(closed.db, key.id)
      // As long as a look at a key holds.
      await sleep(2_100)
      await say()
      await expect(stream.take(1)).rejects.toThrow('The stream ended after 0 of 1 events')
    } finally {
      await closed.close()
    }
  })
})

describe('the feed', () => {
  it('knows no stream any more once its reader has gone', async () => {
    const feed = createEventFeed({ db: other, log: api.deps.log })
    const subscription = await feed.subscribe(() => true)
    expect(feed.size()).toBe(1)
    subscription.close()
    expect(await subscription.next(1_000)).toBeNull()
    expect(feed.size()).toBe(0)
  })

  it('ends its streams when the server closes, at once', async () => {
    const config = { ...api.deps.config, http: { ...api.deps.config.http, port: 0 } }
    const server = await listen(createApp({ ...api.deps, config }), config)
    const stream = await openEvents(`${server.url}/api/v3/events`)
    await stream.untilPlaced()
    await Promise.all([server.close(), stream.ended()])
  })
})

describe('a cursor', () => {
  it('comes back as it went', () => {
    const cursor = {
      time: 1_790_000_000_000,
      seen: new Map([
        [1, 7],
        [40_000, 123],
      ]),
    }
    expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor)
    expect(decodeCursor('nonsense!')).toBeNull()
  })
})
