import { ScheduleNotFoundError } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import { type Base, startBase, startServer } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, startWorkerOn, until } from './support.ts'

let base: Base
let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  base = await startBase()
  server = await startServer(base)
})
afterAll(async () => {
  await server?.stop()
  await base?.stop()
})

const servedQueues = async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const lines = text.matchAll(/^greenlight_queue_workers\{queue="([\w-]+)"\} (\d+)$/gm)
  return Object.fromEntries([...lines].map(([, queue, count]) => [queue, Number(count)]))
}

it('workers that each serve some queues make a film together, and a queue that nobody serves is told', async () => {
  const { parts, api } = server
  const sweep = base.client.schedule.getHandle(`sweep-${await installationId(parts.db)}`)

  const media = await startWorkerOn(base, parts, { queues: ['greenlight-media'] })
  // The schedules are the business of who runs the sweep.
  await expect(sweep.describe()).rejects.toThrow(ScheduleNotFoundError)
  const main = await startWorkerOn(base, parts, { queues: ['greenlight', 'greenlight-poll'] })
  expect(await sweep.describe()).toBeTruthy()

  const id = await approvedJob(api, await api.campaign(), 2)
  await until('the queue of purchases is told to be without a worker', async () => {
    const { 'greenlight-submit': submit, ...others } = await servedQueues()
    return submit === 0 && Object.values(others).join() === '1,1,1'
  })
  expect(base.simulator.bill().count).toBe(0)

  const submit = await startWorkerOn(base, parts, { queues: ['greenlight-submit'] })
  expect((await api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  expect(await servedQueues()).toMatchObject({ 'greenlight-submit': 1 })
  expectPaidOnce(await ledgerOf(parts.db, id), base.simulator.bill().predictions)
  await Promise.all([media.stop(), main.stop(), submit.stop()])
})
