import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'
import { type Base, startBase, startServer } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, startWorkerOn, until } from './support.ts'

const OLD = path.join(import.meta.dirname, 'fixtures', 'old-workflows.js')

let base: Base
let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  base = await startBase({ renderMs: 1_500 })
  server = await startServer(base, { AUTO_GENERATE_AUDIO: 'true' })
})
afterAll(async () => {
  await server?.stop()
  await base?.stop()
})

/** Which workflow code did a job's workflow tasks. */
async function codeOf(jobId: number): Promise<Set<string>> {
  const workflowId = videoJobWorkflowId(await installationId(server.parts.db), jobId)
  const { events } = await base.client.workflow.getHandle(workflowId).fetchHistory()
  const tasks = events?.map((event) => event.workflowTaskCompletedEventAttributes).filter((task) => task != null)
  return new Set(tasks?.map((task) => task.workerVersion?.buildId ?? task.binaryChecksum ?? ''))
}

it('jobs that were started on the old code finish on the new: waiting, rendering and being scored', async () => {
  const { api, parts } = server
  const bill = () => base.simulator.bill().predictions
  const old = await startWorkerOn(base, parts, { workflowsPath: OLD })
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
  const scored = await approvedJob(api, campaign, 1)
  const stageOf = async (id: number) => (await api.get(`/jobs/${id}`)).body.current_stage
  await until('the first film is being scored', async () => (await stageOf(scored)) === 'audio_generation')
  const pending = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 1 })
  const waiting: number = pending.body.job_id
  // What the old code would have failed for, the new one buys again.
  base.simulator.setFaults([{ times: 1, fault: { kind: 'output', action: 'gone' } }])
  const rendering = await approvedJob(api, campaign, 2)
  await until('its scenes render', async () => (await stageOf(rendering)) === 'waiting_prediction')
  await old.stop()

  const today = await startWorkerOn(base, parts)
  expect((await api.post(`/jobs/${waiting}/approve`)).status).toBe(200)
  for (const id of [scored, waiting, rendering]) {
    const { body } = await api.ended(id)
    expect(body).toMatchObject({ status: 'completed', current_stage: 'audio_completed', progress: { error: null } })
    expect((await codeOf(id)).size).toBe(2)
  }
  await today.stop()
  const { db } = parts
  const ledger = [...(await ledgerOf(db, scored)), ...(await ledgerOf(db, waiting)), ...(await ledgerOf(db, rendering))]
  // Four clips and one of them again, four pieces of music.
  expect(ledger).toHaveLength(9)
  expectPaidOnce(ledger, bill())
}, 150_000)
