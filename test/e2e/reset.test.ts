import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import { revise, TASK_QUEUES, videoJobWorkflowId } from '../../workflows/contract.ts'
import { createRevisionHelp, hash } from '../support/revisions.ts'
import { useGreenlight } from '../support/use-greenlight.ts'

const stack = useGreenlight()

/** As `temporal workflow reset` does. @returns when the new run has ended */
async function reset(workflowId: string, runId: string, event: number): Promise<void> {
  const { client, target } = stack().base
  const { workflowService } = client
  const { namespace } = target
  await workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    workflowTaskFinishEventId: event as never,
    requestId: `${runId}-${event}`,
  })
  await client.workflow
    .getHandle(workflowId)
    .result()
    .catch(() => {})
}

it('resetting a job to any of its workflow tasks pays for nothing again and changes nothing', {
  timeout: 120_000,
}, async () => {
  const { base, greenlight } = stack()
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
  const { base, greenlight } = stack()
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
  const { base, greenlight } = stack()
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

it('resetting a run to before a scene failed leaves the retry that was made since its purchase, and it is finished', {
  timeout: 120_000,
}, async () => {
  const { base, greenlight } = stack()
  const { api, parts } = greenlight
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg'])
  const { approved, scenesOf, billed } = createRevisionHelp(base, api, campaign)
  base.simulator.setFaults([{ match: { promptIncludes: 'glen 1' }, fault: { kind: 'fail', error: 'no GPU' } }])
  const id = await approved('glen')
  expect((await api.ended(id)).body.status).toBe('failed')
  const installation = await installationId(parts.db)
  const workflowId = videoJobWorkflowId(installation, id)
  const handle = base.client.workflow.getHandle(workflowId)
  await handle.result().catch(() => {})
  const { runId } = await handle.describe()
  const { events = [] } = await handle.fetchHistory()

  // No look at the second attempt is answered for now.
  base.simulator.setFaults([
    { match: { method: 'GET', path: '/v1/predictions/*' }, fault: { kind: 'latency', ms: 60_000 } },
  ])
  await api.post(`/jobs/${id}/retry`)
  const second = () => parts.db.prediction.findFirst({ where: { jobId: id, attempt: 2 } })
  while ((await second())?.state !== 'submitted') await sleep(20)
  // Longer ago than clocks may differ.
  await sleep(1_500)
  const told = events?.findIndex(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'failScene',
  )
  const before = events?.slice(0, told).findLast((event) => event.workflowTaskCompletedEventAttributes)
  await reset(workflowId, runId, Number(before?.eventId))
  expect(await second()).toMatchObject({ state: 'submitted' })
  expect((await scenesOf(id))[1]).toMatchObject({ attempt: 2, status: 'processing' })

  base.simulator.setFaults([])
  await parts.db.job.update({ where: { id }, data: { updatedAt: new Date(Date.now() - 5 * 60_000) } })
  await base.client.schedule.getHandle(`sweep-${installation}`).trigger()
  while ((await api.get(`/jobs/${id}`)).body.revision.state !== 'completed') await sleep(50)
  expect((await api.get(`/jobs/${id}`)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  expect(billed('glen')).toHaveLength(2)
})
