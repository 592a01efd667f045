import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { revise, TASK_QUEUES, videoJobWorkflowId } from '../../workflows/contract.ts'
import { createRevisionHelp, hash } from '../support/revisions.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'

let base: Base
let greenlight: Greenlight & { api: Api }
beforeAll(async () => {
  base = await startBase()
  greenlight = await startGreenlight(base)
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})

/** As `temporal workflow reset` does. @returns when the new run has ended */
async function reset(workflowId: string, runId: string, event: number): Promise<void> {
  const { workflowService } = base.client
  const { namespace } = base.target
  await workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    workflowTaskFinishEventId: event as never,
    requestId: `${runId}-${event}`,
  })
  await base.client.workflow
    .getHandle(workflowId)
    .result()
    .catch(() => {})
}

it('resetting a job to any of its workflow tasks pays for nothing again and changes nothing', {
  timeout: 120_000,
}, async () => {
  const { api } = greenlight
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg'])
  const { approved, revised, scenesOf } = createRevisionHelp(base, api, campaign)
  const id = await approved('tide', { parameters: { auto_generate_audio: true } })
  expect((await api.ended(id)).body.current_stage).toBe('audio_completed')
  const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
  const handle = base.client.workflow.getHandle(workflowId)
  const { runId } = await handle.describe()
  const { events } = await handle.fetchHistory()
  // A regeneration since then must not be undone by what the first run does again.
  const [first] = await scenesOf(id)
  await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'tide at night' })
  await revised(id, 1)
  const bill = base.simulator.bill().predictions.length
  const film = hash(await api.bytes(`/videos/${id}/combined`))

  const finished = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes)
  expect(finished.length).toBeGreaterThan(5)
  for (const { eventId } of finished) await reset(workflowId, runId, Number(eventId))

  expect(base.simulator.bill().predictions).toHaveLength(bill)
  expect((await api.get(`/jobs/${id}`)).body).toMatchObject({ status: 'completed', current_stage: 'audio_completed' })
  expect(hash(await api.bytes(`/videos/${id}/combined`))).toBe(film)
  expect((await scenesOf(id))[0]).toMatchObject({ prompt: 'tide at night', attempt: 2 })
})

it('resetting a job that renders buys nothing twice, and it finishes', { timeout: 60_000 }, async () => {
  const { api } = greenlight
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg'])
  const { approved, billed } = createRevisionHelp(base, api, campaign)
  base.simulator.setFaults([
    { match: { method: 'GET', path: '/v1/predictions/*' }, fault: { kind: 'latency', ms: 300 } },
  ])
  const id = await approved('reef')
  const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
  const handle = base.client.workflow.getHandle(workflowId)
  while (billed('reef').length < 2) await sleep(20)
  const { runId } = await handle.describe()
  const { events } = await handle.fetchHistory()
  const [, decided] = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes)
  await reset(workflowId, runId, Number(decided?.eventId))
  base.simulator.setFaults([])
  expect((await api.ended(id)).body.status).toBe('completed')
  expect(billed('reef')).toHaveLength(2)
})

it('resetting a run that a signal asked for a new scene asks for no second one', { timeout: 60_000 }, async () => {
  const { api } = greenlight
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg'])
  const { approved, revised, scenesOf, billed } = createRevisionHelp(base, api, campaign)
  const id = await approved('cape')
  await api.ended(id)
  const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
  await base.client.workflow.signalWithStart('videoJob', {
    workflowId,
    taskQueue: TASK_QUEUES.main,
    args: [{ jobId: id }],
    signal: revise,
    signalArgs: [{ scenes: [(await scenesOf(id))[0]?.id] }],
  })
  await revised(id, 1)
  const handle = base.client.workflow.getHandle(workflowId)
  await handle.result()
  const { runId } = await handle.describe()
  const { events } = await handle.fetchHistory()
  const [first] = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes)
  await reset(workflowId, runId, Number(first?.eventId))
  expect(billed('cape')).toHaveLength(3)
  expect((await api.get(`/jobs/${id}`)).body.revision).toMatchObject({ number: 1, state: 'completed' })
})
