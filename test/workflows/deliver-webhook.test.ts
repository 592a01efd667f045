import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WorkflowFailedError } from '@temporalio/client'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliverWebhook } from '../../activities/deliver-webhook.ts'
import type { ActivityDeps } from '../../activities/deps.ts'
import { readConfig } from '../../config.ts'
import { type Database, openDatabase } from '../../prisma/client.ts'
import { TASK_QUEUES } from '../../workflows/contract.ts'
import type { deliverWebhook as workflow } from '../../workflows/deliver-webhook.ts'
import { type Bench, startBench } from './workflow-bench.ts'

let bench: Bench
let folder: string
let db: Database
let receiver: Server
let host: string
let answered: number[]
let answer: (attempt: number) => { status: number; headers?: Record<string, string> }
beforeAll(async () => {
  bench = await startBench()
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-webhooks-'))
  db = await openDatabase(path.join(folder, 'rows.db'))
  receiver = createServer((request, response) => {
    const { status, headers } = answer(answered.length + 1)
    answered.push(Number(request.headers['webhook-timestamp']))
    response.writeHead(status, headers).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
afterAll(async () => {
  await bench?.stop()
  receiver?.close()
  await db?.$disconnect()
  await rm(folder, { recursive: true, force: true })
})

async function owed(url = `http://${host}/`) {
  const client = await db.client.create({ data: { name: 'ACME', metadata: {} } })
  const campaign = await db.campaign.create({ data: { name: 'Spring', clientId: client.id, metadata: {} } })
  const owner = { clientId: client.id, campaignId: campaign.id }
  const job = await db.job.create({
    data: { ...owner, type: 'image_pairs', videoName: 'Spring 1', parameters: {}, settings: {} },
  })
  return db.webhookDelivery.create({
    data: { jobId: job.id, type: 'job.failed', url, payload: { type: 'job.failed' } },
  })
}

/** Runs the real activity in the real workflow, on a server that skips the waiting. */
async function deliver(deliveryId: string) {
  answered = []
  const config = readConfig({ DATA_DIR: folder, ALLOWED_PRIVATE_HOSTS: host })
  const deps = { db, config, log: pino({ level: 'silent' }) } as unknown as ActivityDeps
  const workflowId = randomUUID()
  bench.activitiesFor(workflowId, { deliverWebhook: deliverWebhook(deps) })
  const options = { workflowId, taskQueue: TASK_QUEUES.main, args: [{ deliveryId }] as [{ deliveryId: string }] }
  const handle = await bench.env.client.workflow.start<typeof workflow>('deliverWebhook', options)
  const outcome = await handle.result().catch((error: unknown) => error)
  const { startTime, closeTime = startTime } = await handle.describe()
  return { outcome, hours: (closeTime.getTime() - startTime.getTime()) / 3_600_000 }
}

describe('the delivery of a webhook', () => {
  it('is given up after ten tries in three days, and the run then fails with the last answer', async () => {
    answer = () => ({ status: 500 })
    const { id } = await owed()
    const { outcome, hours } = await deliver(id)
    expect(outcome).toBeInstanceOf(WorkflowFailedError)
    expect(answered).toHaveLength(10)
    expect(Math.round(hours)).toBe(76)
    expect(await db.webhookDelivery.findUnique({ where: { id } })).toMatchObject({
      state: 'failed',
      attempts: 10,
      lastError: `${host} answered 500.`,
      deliveredAt: null,
    })
  })

  it('is tried again after what is no mere outage too, and waits as long as the receiver asks', async () => {
    answer = (attempt) => (attempt === 1 ? { status: 404, headers: { 'retry-after': '7200' } } : { status: 200 })
    const { id } = await owed()
    const { outcome, hours } = await deliver(id)
    expect(outcome).toBe('delivered')
    expect(Math.round(hours)).toBe(2)
    expect(await db.webhookDelivery.findUnique({ where: { id } })).toMatchObject({
      state: 'delivered',
      attempts: 2,
      lastError: null,
    })
  })

  it('stops at once at 410', async () => {
    answer = () => ({ status: 410 })
    const { id } = await owed()
    expect((await deliver(id)).outcome).toBe('gone')
    expect(answered).toHaveLength(1)
    expect(await db.webhookDelivery.findUnique({ where: { id } })).toMatchObject({ state: 'gone' })
  })

  it('reaches no private address that is not listed, whatever the row says', async () => {
    answer = () => ({ status: 200 })
    const { id } = await owed(`http://localhost:${new URL(`http://${host}`).port}/`)
    await deliver(id)
    expect(answered).toEqual([])
    expect(await db.webhookDelivery.findUnique({ where: { id } })).toMatchObject({
      state: 'failed',
      lastError: expect.stringMatching(/ALLOWED_PRIVATE_HOSTS/),
    })
  })

  it('needs nothing when its job was deleted meanwhile', async () => {
    const { id, jobId } = await owed()
    await db.webhookDelivery.deleteMany({ where: { jobId } })
    expect((await deliver(id)).outcome).toBe('not needed')
  })
})
