import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openedAs } from '../../prisma/client.ts'
import { SAMPLE_SETTINGS } from '../support/sample-settings.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { openEvents } from './event-reader.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ API_AUTH_KEY: 'a-key-of-the-tests' })
})
afterAll(() => api?.close())

const KEY = { 'x-api-key': 'a-key-of-the-tests' }
/** As SQLite says of a plan that it looks at every row, or at every job, or at every purchase of a state. */
const EVERY_ROW = /^SCAN (?!CONSTANT ROW)|^MULTI-INDEX OR|\(deletedAt=\?\)$/
const scrape = async () => (await api.request('/metrics')).text()

describe('/metrics', () => {
  it('tells of process, requests by route, jobs, predictions, spend and streams', async () => {
    const { client, campaign } = await api.campaign()
    const owner = { clientId: client.id, campaignId: campaign.id }
    const job = await api.db.job.create({
      data: {
        ...owner,
        type: 'image_pairs',
        videoName: 'Film 1',
        parameters: {},
        settings: SAMPLE_SETTINGS,
        status: 'processing',
      },
    })
    const bought = {
      jobId: job.id,
      attempt: 1,
      model: 'veo3',
      seconds: 8,
      priceMicroUsd: 1_250_000,
      postedAt: new Date(),
    }
    await api.db.prediction.create({ data: { ...bought, subject: 'a', token: 'a', state: 'succeeded' } })
    await api.db.prediction.create({ data: { ...bought, subject: 'b', token: 'b', state: 'failed' } })
    await api.call('GET', `/api/v3/jobs/${job.id}`, undefined, KEY)
    await api.call('GET', '/nowhere', undefined, KEY)

    const text = await scrape()
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m)
    expect(text).toContain('greenlight_jobs{status="processing"} 1\n')
    expect(text).toContain('greenlight_predictions{state="succeeded",model="veo3"} 1\n')
    expect(text).toContain('greenlight_predictions{state="failed",model="veo3"} 1\n')
    expect(text).toContain('greenlight_spend_usd{model="veo3"} 1.25\n')
    expect(text).toContain('greenlight_today_usd{part="spent"} 1.25\ngreenlight_today_usd{part="committed"} 0\n')
    expect(text).toContain('duration_seconds_count{method="GET",route="/api/v3/jobs/:id",status="200"} 1\n')
    expect(text).toContain('duration_seconds_count{method="GET",route="none",status="404"} 1\n')
  })

  it('tells what was spent as the provider bills it, state by state', async () => {
    const { id: jobId } = await api.db.job.findFirstOrThrow()
    const bought = { jobId, attempt: 2, seconds: 8, priceMicroUsd: 500_000, model: 'veo4' }
    const states = { submitted: 'p1', canceled: 'p2', unknown: null, refused: null }
    for (const [state, providerId] of Object.entries(states)) {
      await api.db.prediction.create({ data: { ...bought, subject: state, token: state, state, providerId } })
    }
    const unbilled = { ...bought, subject: 'c', token: 'c', state: 'canceled' }
    await api.db.prediction.create({ data: unbilled })
    await api.db.prediction.create({ data: { ...unbilled, subject: 'd', token: 'd', model: 'veo5' } })
    const text = await scrape()
    expect(text).toContain('greenlight_spend_usd{model="veo4"} 1\n')
    expect(text).not.toContain('greenlight_spend_usd{model="veo5"}')
    expect(text).toContain('greenlight_predictions{state="canceled",model="veo4"} 2\n')
    expect(text).toContain('greenlight_predictions{state="canceled",model="veo5"} 1\n')
  })

  it('looks at the rows of today and of open jobs, and counts all others by indexes alone', async (test) => {
    const { connection } = openedAs(api.db)
    if (connection.provider === 'postgres') return test.skip('PostgreSQL chooses by how many rows there are')
    const asked = vi.spyOn(connection, 'queryRaw')
    await scrape()
    const counted = asked.mock.calls.map(([query]) => query).filter(({ sql }) => /COUNT|SUM/.test(sql))
    asked.mockRestore()
    expect(counted.length).toBeGreaterThanOrEqual(5)
    for (const { sql, ...query } of counted) {
      const { rows } = await connection.queryRaw({ ...query, sql: `EXPLAIN QUERY PLAN ${sql}` })
      const steps = rows.map((row) => String(row.at(-1)))
      expect(steps.filter((step) => EVERY_ROW.test(step) && !step.includes('COVERING INDEX'))).toEqual([])
    }
  })

  it('counts an event stream until its reader has gone, however idle it is', async () => {
    const stream = await openEvents(`${api.url}/api/v3/events`, KEY)
    await stream.untilPlaced()
    expect(await scrape()).toContain('greenlight_event_streams 1\n')
    stream.stop()
    while (!(await scrape()).includes('greenlight_event_streams 0\n')) await sleep(20)
  })

  it('asks a proxy on this machine for a key', async () => {
    const status = async (headers: Record<string, string>) => (await api.request('/metrics', { headers })).status
    expect(await status({})).toBe(200)
    expect(await status({ 'x-forwarded-for': '203.0.113.9' })).toBe(401)
    expect(await status({ 'x-forwarded-for': '203.0.113.9', ...KEY })).toBe(200)
    expect(await statusUnder('greenlight.example')).toBe(401)
  })
})

/** fetch does not let a Host be set. */
function statusUnder(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(`${api.url}/metrics`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asking.once('error', reject).end()
  })
}
