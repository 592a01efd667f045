import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'

const SECRET = `whsec_${Buffer.from('a secret of the tests, 32 bytes!').toString('base64')}`
/** Which takes the place of the other one: what is sent is signed with both. */
const NEXT = `whsec_${Buffer.from('the next one of them, of 32 too!').toString('base64')}`

interface Received {
  path: string
  headers: Record<string, string>
  body: string
}

let receiver: Server
let host: string
const received: Received[] = []
/** What the receiver answers at a path, one after the other; then 204. */
const answers = new Map<string, number[]>()

let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: string
beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const path = request.url ?? ''
    received.push({ path, headers: request.headers as Record<string, string>, body })
    const status = answers.get(path)?.shift() ?? 204
    response.writeHead(status, { location: `http://${host}/elsewhere` }).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
  base = await startBase()
  greenlight = await startGreenlight(base, { ALLOWED_PRIVATE_HOSTS: host, WEBHOOK_SIGNING_SECRET: `${NEXT},${SECRET}` })
  campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png'])
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
  receiver?.close()
})

async function newJob(path: string, api = greenlight.api): Promise<number> {
  const body = { campaign_id: campaign, clip_duration: 4, callback_url: `http://${host}${path}` }
  const created = await api.post('/jobs/from-image-pairs', body)
  expect(created.status).toBe(201)
  return created.body.job_id
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
    const found = await look()
    if (found !== undefined) return found
  }
  throw new Error(`It did not come about; received: ${JSON.stringify(received)}`)
}

const at = (path: string) => received.filter((one) => one.path === path)
const nth = (path: string, n: number) => until(() => at(path)[n - 1])
const delivery = (jobId: number) => greenlight.parts.db.webhookDelivery.findFirstOrThrow({ where: { jobId } })

describe('a callback URL', () => {
  it('is told, signed, that the job waits for approval and that it has ended', async () => {
    const id = await newJob('/film')
    const waiting = await nth('/film', 1)
    expect(new Webhook(SECRET).verify(waiting.body, waiting.headers)).toMatchObject({
      type: 'job.awaiting_approval',
      timestamp: expect.any(String),
      data: { job_id: id, status: 'pending', current_stage: 'pending', error: null, video_url: null },
    })
    await greenlight.api.post(`/jobs/${id}/approve`)
    const completed = await nth('/film', 2)
    expect(new Webhook(NEXT).verify(completed.body, completed.headers)).toMatchObject({
      type: 'job.completed',
      data: { job_id: id, status: 'completed', video_url: `/api/v3/videos/${id}/combined` },
    })
    expect(waiting.headers['webhook-id']).not.toBe(completed.headers['webhook-id'])
    await sleep(300)
    expect(at('/film')).toHaveLength(2)
  })

  it('is tried again with the same id when it fails, and no redirect is followed', async () => {
    answers.set('/flaky', [302])
    const id = await newJob('/flaky')
    await nth('/flaky', 1)
    const failed = await until(async () => {
      const row = await delivery(id)
      return row.lastError ? row : undefined
    })
    expect(failed).toMatchObject({ state: 'pending', attempts: 1, lastError: `${host} answered 302.` })
    const [first, second] = [await nth('/flaky', 1), await nth('/flaky', 2)]
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
    expect(new Webhook(SECRET).verify(second.body, second.headers)).toEqual(JSON.parse(first.body))
    await until(async () => ((await delivery(id)).state === 'delivered' ? true : undefined))
    expect(at('/elsewhere')).toEqual([])
  })

  it('that answers 410 is told nothing more of the job', async () => {
    answers.set('/gone', [410])
    const id = await newJob('/gone')
    await until(async () => ((await delivery(id)).state === 'gone' ? true : undefined))
    await greenlight.api.post(`/jobs/${id}/reject`)
    await sleep(300)
    expect(at('/gone')).toHaveLength(1)
    expect(await greenlight.parts.db.webhookDelivery.count({ where: { jobId: id } })).toBe(1)
  })

  it('of the client is told when the job names none', async () => {
    const { db } = greenlight.parts
    const { clientId } = await db.campaign.findUniqueOrThrow({ where: { id: campaign } })
    await greenlight.api.patch(`/clients/${clientId}`, { callbackUrl: `http://${host}/client` })
    const created = await greenlight.api.post('/jobs/from-image-pairs', { campaign_id: campaign })
    await greenlight.api.post(`/jobs/${created.body.job_id}/cancel`, { by: 'Anna', reason: 'too early' })
    await nth('/client', 2)
    const told = at('/client').map(({ body }) => JSON.parse(body))
    expect(told.map(({ type }) => type).toSorted()).toEqual(['job.awaiting_approval', 'job.canceled'])
    expect(told.find(({ type }) => type === 'job.canceled').data).toMatchObject({
      status: 'failed',
      error: 'Canceled by Anna: too early',
    })
    await greenlight.api.patch(`/clients/${clientId}`, { callback_url: null })
  })

  it('is told what a crash left untold, by the sweep', async () => {
    const id = await newJob('/swept')
    await nth('/swept', 1)
    const { db } = greenlight.parts
    const past = new Date(Date.now() - 60_000)
    const payload = { type: 'job.failed', timestamp: past.toISOString(), data: { job_id: id } }
    const owed = {
      id: randomUUID(),
      jobId: id,
      type: 'job.failed',
      url: `http://${host}/swept`,
      payload,
      insertedAt: past,
    }
    await db.webhookDelivery.create({ data: owed })
    await base.client.schedule.getHandle(await sweepId()).trigger()
    expect((await nth('/swept', 2)).headers['webhook-id']).toBe(owed.id)
  })
})

async function sweepId(): Promise<string> {
  for await (const { scheduleId } of base.client.schedule.list()) if (scheduleId.startsWith('sweep-')) return scheduleId
  throw new Error('There is no sweep')
}

describe('a callback URL that must not be called', () => {
  it.each([
    ['http://127.0.0.1:1/', /https/],
    ['https://127.0.0.1/', /not a public address/],
    ['https://[::ffff:7f00:1]/', /not a public address/],
    ['https://user:secret@example.com/', /password/],
    ['ftp://example.com/', /http/],
    ['somewhere', /not a URL/],
  ])('%s is refused', async (url, reason) => {
    const body = { campaign_id: campaign, callbackUrl: url }
    const refused = await greenlight.api.post('/jobs/from-image-pairs', body)
    expect(refused).toMatchObject({ status: 422, body: { error: 'Validation failed' } })
    expect(refused.body.details.callback_url[0]).toMatch(reason)
  })
})
