/** Nothing hangs, whatever is down. Each request here gives up after a time that only a hang would take. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lazyClient } from '../../temporal/connect.ts'
import { createJobWorkflows, type JobWorkflows } from '../../temporal/job-workflows.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { oneOfEverything } from './two-clients.ts'

/** The promise is 5 seconds; the rest is for a busy machine. */
const HANGS_MS = 9_000

let api: TestApi
const workflows = {} as JobWorkflows
const sockets = new Set<Socket>()
/** Takes connections and never says a word. */
const silent = createServer((socket) => void sockets.add(socket.on('error', () => {})))
const client = await new Promise<ReturnType<typeof lazyClient>>((resolve) =>
  silent.listen(0, '127.0.0.1', () => {
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`
    resolve(lazyClient({ address, namespace: 'default', named: true, security: {} }))
  }),
)
beforeAll(async () => {
  api = await startTestApi({}, { workflows })
  Object.assign(workflows, createJobWorkflows(client, api.db))
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  silent.close()
  await client.connection.close()
  await api.close()
})

async function ask(method: string, at: string, body?: unknown, headers: Record<string, string> = {}) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const type = { 'content-type': 'application/json', ...headers }
  const signal = AbortSignal.timeout(HANGS_MS)
  const response = await api.request(`/api/v3${at}`, { method, ...sent, headers: type, signal })
  return { status: response.status, headers: response.headers, json: JSON.parse(await response.text()) }
}

describe('while Temporal takes connections but does not answer', { timeout: 20_000 }, () => {
  it.concurrent('decisions are taken, and the sweep is left to tell the workflow', async () => {
    const { waiting } = await oneOfEverything(api, 'Harbour Homes')
    expect(await ask('POST', `/jobs/${waiting.id}/approve`)).toMatchObject({ status: 200 })
    const { decision, decisionSentAt } = await api.db.job.findUniqueOrThrow({ where: { id: waiting.id } })
    expect({ decision, decisionSentAt }).toEqual({ decision: 'approved', decisionSentAt: null })
  })

  it.concurrent('jobs are made, and the sweep is left to start them', async () => {
    const { client, campaign } = await api.campaign()
    const image = { clientId: client.id, campaignId: campaign.id, type: 'image', blobHash: 'x', tags: [], metadata: {} }
    await api.db.asset.createMany({ data: [1, 2].map((n) => ({ ...image, name: `${n}` })) })
    const { status, json } = await ask('POST', '/jobs/from-image-pairs', { campaign_id: campaign.id })
    expect({ status, ready: json.storyboard_ready }).toEqual({ status: 201, ready: false })
  })
})

describe('while another program keeps the database locked', { timeout: 30_000 }, () => {
  it('requests are answered 503 with Retry-After, and take effect once with an Idempotency-Key', async () => {
    const unlock = await lockDatabase(api.deps.config.databasePath)
    const header = { 'idempotency-key': 'locked' }
    // A read may wait behind a write, or not; it ends.
    const [read, ...refused] = await Promise.all([
      ask('GET', '/jobs/1'),
      ask('POST', '/clients', { name: 'Late' }, header),
      ask('POST', '/jobs/1/approve'),
    ])
    expect([200, 503]).toContain(read.status)
    await unlock()
    for (const { status, headers } of refused) {
      expect(status).toBe(503)
      expect(headers.get('retry-after')).toBe('5')
    }
    expect(refused[0].json.error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('in time') })
    const again = () => ask('POST', '/clients', { name: 'Late' }, header)
    await expect.poll(async () => (await again()).status, { timeout: 10_000 }).toBe(201)
    expect(await api.db.client.count({ where: { name: 'Late' } })).toBe(1)
  })
})

/** Another process, because locks of one process do not keep that process out. @returns a function that ends it */
async function lockDatabase(databasePath: string): Promise<() => Promise<unknown>> {
  const program =
    "const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]); db.exec('BEGIN IMMEDIATE'); " +
    "console.log('locked'); setInterval(() => {}, 1e6)"
  const holder = spawn(process.execPath, ['-e', program, databasePath], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  return async () => {
    holder.kill('SIGKILL')
    await once(holder, 'exit')
  }
}
