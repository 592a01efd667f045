import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'
import { type Base, startBase, startServer } from '../support/stack.ts'
import { expectPaidOnce, ledgerOf, startWorkerOn, until } from './support.ts'

const SHIPPED = path.join(import.meta.dirname, 'fixtures', 'shipped-bug.ts')

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

it('a bug in workflow code blocks no other job, loses nothing, and heals with the next deploy', async () => {
  const { api, parts } = server
  const faulty = await startWorkerOn(base, parts, { workflowsPath: SHIPPED })
  const campaign = await api.campaign(['chelsea.png', 'coffee.png'])
  const jobs: number[] = []
  while (jobs.length < 2) {
    const created = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4 })
    jobs.push(created.body.job_id)
  }
  const hit = jobs.find((id) => id % 2 === 0) as number
  const spared = jobs.find((id) => id % 2 === 1) as number
  expect((await api.post(`/jobs/${hit}/approve`)).status).toBe(200)
  const workflowId = videoJobWorkflowId(await installationId(parts.db), hit)
  const handle = base.client.workflow.getHandle(workflowId)
  const failure = await until('the workflow task fails', async () => {
    const { events } = await handle.fetchHistory()
    return events?.find((event) => event.workflowTaskFailedEventAttributes)?.workflowTaskFailedEventAttributes?.failure
  })
  expect(failure?.message).toMatch(/reading 'by'/)
  // Traces in that thread are short, and still say where it was.
  const frames = failure?.stackTrace?.split('\n').filter((line) => line.startsWith('    at '))
  expect(frames).toEqual([expect.stringContaining('shipped-bug.ts:')])
  expect(new Error('here').stack?.split('\n').length).toBeGreaterThan(3)

  expect((await api.post(`/jobs/${spared}/approve`)).status).toBe(200)
  expect((await api.ended(spared)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  expect((await api.get(`/jobs/${hit}`)).body).toMatchObject({ status: 'approved', progress: { error: null } })
  expect((await handle.describe()).status.name).toBe('RUNNING')
  await faulty.stop()

  const mended = await startWorkerOn(base, parts)
  expect((await api.ended(hit)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  const ledger = [...(await ledgerOf(parts.db, hit)), ...(await ledgerOf(parts.db, spared))]
  expect(ledger).toHaveLength(2)
  expectPaidOnce(ledger, base.simulator.bill().predictions)
  await mended.stop()
}, 90_000)
