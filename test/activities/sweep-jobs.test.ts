import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { musicSubject, sceneSubject } from '../../domain/prediction.ts'
import type { Prisma } from '../../prisma/client.ts'
import { approveJob, cancelJob } from '../../prisma/queries/decisions.ts'
import { installationId } from '../../prisma/queries/installation.ts'
import { getJob } from '../../prisma/queries/jobs.ts'
import { markSubmitted, openIntent } from '../../prisma/queries/ledger.ts'
import { markRevisionSent, queueContinued } from '../../prisma/queries/revisions.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())
beforeEach(() => void bench.told.splice(0))

const aMinuteAgo = new Date(Date.now() - 60_000)
const swept = async () => {
  await bench.attempt('sweepJobs')
  return bench.told
}

it('starts the workflow of a job whose start was lost, not of one that is just being created', async () => {
  const job = await bench.newJob()
  await bench.db.job.update({ where: { id: job.id }, data: { insertedAt: new Date() } })
  expect(await swept()).not.toContain(`start ${job.id}`)
  await bench.db.job.update({ where: { id: job.id }, data: { insertedAt: aMinuteAgo } })
  expect(await swept()).toContain(`start ${job.id}`)
})

it('sends a decision that could not be sent', async () => {
  const job = await bench.newJob()
  await bench.db.job.update({ where: { id: job.id }, data: { startedAt: aMinuteAgo } })
  await approveJob(bench.db, job.id, { by: 'Anna', note: null })
  expect(await swept()).not.toContain(`decided ${job.id}`)
  await bench.db.job.update({ where: { id: job.id }, data: { decidedAt: aMinuteAgo } })
  expect(await swept()).toContain(`decided ${job.id}`)
})

it('sends it however many approvals nobody has heard of, which are sent again', async () => {
  const longAgo = new Date(Date.now() - 10 * 60_000)
  const { id, ...unheard } = await bench.newJob().then(({ id }) => bench.db.job.findUniqueOrThrow({ where: { id } }))
  await settle(id)
  const told = {
    decision: 'approved',
    status: 'approved',
    decidedAt: longAgo,
    decisionSentAt: longAgo,
    startedAt: longAgo,
  }
  const many = Array.from({ length: 200 }, () => ({ ...unheard, ...told }) as Prisma.JobCreateManyInput)
  await bench.db.job.createMany({ data: many })
  const last = await bench.newJob()
  await approveJob(bench.db, last.id, { by: 'Anna', note: null })
  await bench.db.job.update({ where: { id: last.id }, data: { startedAt: longAgo, decidedAt: aMinuteAgo } })
  const earlier = await bench.db.job.findMany({ where: { decisionSentAt: longAgo }, select: { id: true } })
  const messages = await swept()
  expect(earlier.filter((job) => messages.includes(`decided ${job.id}`))).toHaveLength(200)
  expect(messages).toContain(`decided ${last.id}`)
  await bench.db.job.deleteMany({ where: { status: 'approved' } })
})

it('sends no approval again whose workflow waits for its turn to buy, and shows that it has begun', async () => {
  const longAgo = new Date(Date.now() - 10 * 60_000)
  const { id } = await bench.approvedJob()
  await bench.db.job.update({
    where: { id },
    data: { startedAt: longAgo, decidedAt: longAgo, decisionSentAt: longAgo },
  })
  const buying = vi.spyOn(bench.workflows, 'isBuying').mockResolvedValue(true)
  expect(await swept()).not.toContain(`decided ${id}`)
  expect(await getJob(bench.db, id)).toMatchObject({ stage: 'starting_render', status: 'processing' })
  expect(buying).toHaveBeenCalledTimes(1)
  await swept()
  expect(buying).toHaveBeenCalledTimes(1)
  buying.mockRestore()
})

it('sends a cancellation that could not be sent, and leaves alone what was told', async () => {
  const job = await bench.newJob()
  await cancelJob(bench.db, job.id, { by: 'Ben', note: null })
  await bench.db.job.update({ where: { id: job.id }, data: { canceledAt: aMinuteAgo } })
  expect(await swept()).toContain(`decided ${job.id}`)
  await bench.db.job.update({ where: { id: job.id }, data: { cancelSentAt: new Date() } })
  bench.told.splice(0)
  expect(await swept()).not.toContain(`decided ${job.id}`)
})

/** A job that renders and has not moved for long, with a prediction at the provider. */
async function stillRendering() {
  const { id } = await bench.newJob()
  await approveJob(bench.db, id, { by: 'Anna', note: null })
  const [longAgo, sceneId] = [new Date(Date.now() - 10 * 60_000), (await getJob(bench.db, id)).scenes[0]?.id ?? '']
  const draft = { sceneId, model: 'veo3', seconds: 4, priceMicroUsd: 1 }
  const { id: prediction } = await openIntent(
    bench.db,
    { jobId: id, subject: sceneSubject(sceneId), attempt: 1 },
    draft,
  )
  await markSubmitted(bench.db, prediction, `theirs ${id}`)
  const still = { startedAt: longAgo, decidedAt: longAgo, decisionSentAt: longAgo, updatedAt: longAgo }
  await bench.db.job.update({ where: { id }, data: { ...still, status: 'processing', stage: 'waiting_prediction' } })
  const read = async () => ({
    job: await getJob(bench.db, id),
    bought: await bench.db.prediction.findUniqueOrThrow({ where: { id: prediction } }),
  })
  /** Queues what goes on with it. */
  const goOn = async () => {
    const job = await getJob(bench.db, id)
    const wish = { asker: { by: 'Olga' }, scenes: [{ sceneId, changes: {} }], music: false, predictionId: prediction }
    await bench.db.$transaction((tx) => queueContinued(tx, job, { ...wish, kind: 'retry' }))
  }
  return { id, longAgo, read, goOn }
}

it('fails a job whose workflow an operator terminated, and never starts it again', async () => {
  const { id, longAgo, read } = await stillRendering()
  // An API that died after it had started the workflow did not write that down.
  await bench.db.job.update({ where: { id }, data: { startedAt: null, updatedAt: longAgo } })
  await swept()
  expect((await read()).job).toMatchObject({ status: 'processing' })
  bench.ended.add(id)
  expect(await bench.attempt('sweepJobs')).toMatchObject({ ended: 1, failed: 0 })
  const { job, bought } = await read()
  expect(job).toMatchObject({ status: 'failed', stage: 'failed' })
  expect(job.error).toMatch(/ended in Temporal/)
  expect(bought).toMatchObject({ state: 'canceled' })
  expect(bench.told).not.toContain(`start ${id}`)
})

/** Leaves nothing of a job to be swept. */
async function settle(jobId: number): Promise<void> {
  await bench.db.prediction.updateMany({ where: { jobId }, data: { state: 'succeeded' } })
  await bench.db.revision.updateMany({ where: { jobId }, data: { state: 'completed' } })
  await bench.db.job.update({ where: { id: jobId }, data: { status: 'completed' } })
}

it('gives a job a new run whose workflow Temporal has lost, and cancels nothing', async () => {
  const { id, read } = await stillRendering()
  bench.ended.add(id)
  bench.lost.add(id)
  expect(await swept()).toContain(`decided ${id}`)
  expect(await read()).toMatchObject({ job: { status: 'processing' }, bought: { state: 'submitted' } })
  await settle(id)
})

it('sends an approval again that Temporal has forgotten over what was bought by it, and none to a run at work', async () => {
  const [forgotten, atWork] = [await stillRendering(), await stillRendering()]
  const idle = vi.spyOn(bench.workflows, 'isIdle').mockImplementation(async (id) => id === forgotten.id)
  await swept()
  const told = await swept()
  expect(told.filter((what) => what === `decided ${forgotten.id}`)).toHaveLength(1)
  expect(told).not.toContain(`decided ${atWork.id}`)
  for (const { id, read } of [forgotten, atWork]) {
    expect(await read()).toMatchObject({ job: { status: 'processing' }, bought: { state: 'submitted' } })
    await settle(id)
  }
  idle.mockRestore()
})

it('sends a cancellation again that Temporal has forgotten, once a while, so that nothing of the job is rendered for nobody', async () => {
  const { id, longAgo } = await stillRendering()
  await cancelJob(bench.db, id, { by: 'Ben', note: null })
  const isStill = () =>
    bench.db.job.update({ where: { id }, data: { canceledAt: longAgo, cancelSentAt: longAgo, updatedAt: longAgo } })
  const sent = async () => (await swept()).filter((what) => what === `decided ${id}`).length
  await isStill()
  expect(await sent()).toBe(1)
  expect(await sent()).toBe(1)
  await isStill()
  expect(await sent()).toBe(2)
  bench.ended.add(id)
  await isStill()
  expect(await sent()).toBe(2)
})

it('looks no more at what it has started again, however long that waits for its turn', async () => {
  const { id } = await stillRendering()
  bench.lost.add(id)
  const look = vi.spyOn(bench.workflows, 'isLost')
  const looks = () => look.mock.calls.filter(([jobId]) => jobId === id).length
  await swept()
  await swept()
  expect(looks()).toBe(1)
  look.mockRestore()
  await settle(id)
})

/** A job whose storyboard is not written, and has not been for long. */
async function stillUnwritten() {
  const [{ id }, longAgo] = [await bench.newJob(), new Date(Date.now() - 10 * 60_000)]
  const still = { storyboardVersion: 0, startedAt: longAgo, updatedAt: longAgo }
  await bench.db.job.update({ where: { id }, data: still })
  return { id, read: () => getJob(bench.db, id) }
}

it('starts a job again whose storyboard was not written when Temporal lost its workflow, and no other', async () => {
  const [lost, living] = [await stillUnwritten(), await stillUnwritten()]
  bench.ended.add(lost.id)
  bench.lost.add(lost.id)
  const told = await swept()
  expect(told.filter((what) => what === `start ${lost.id}`)).toHaveLength(1)
  expect(told).not.toContain(`start ${living.id}`)
  for (const { id, read } of [lost, living]) {
    expect(await read()).toMatchObject({ status: 'pending' })
    await settle(id)
  }
})

it('fails a job whose workflow was terminated before its storyboard was written', async () => {
  const { id, read } = await stillUnwritten()
  bench.ended.add(id)
  expect(await swept()).not.toContain(`start ${id}`)
  expect(await read()).toMatchObject({ status: 'failed', error: expect.stringMatching(/ended in Temporal/) })
})

it('goes on with a retry alone, where that was under way when Temporal lost the workflow', async () => {
  const { id, longAgo, goOn } = await stillRendering()
  await goOn()
  await markRevisionSent(bench.db, id, 1)
  await bench.db.job.update({ where: { id }, data: { updatedAt: longAgo } })
  bench.ended.add(id)
  bench.lost.add(id)
  const told = await swept()
  expect(told).toContain(`revise ${id}`)
  expect(told).not.toContain(`decided ${id}`)
  await settle(id)
})

it('lets nobody retry a terminated job before what it had running is canceled', async () => {
  const { id, read } = await stillRendering()
  bench.ended.add(id)
  const seen: string[] = []
  const cancel = vi.spyOn(bench.provider, 'cancel').mockImplementation(async () => {
    seen.push((await read()).job.status)
    if (seen.length === 1) throw new Error('the provider is away')
  })
  expect(await bench.attempt('sweepJobs')).toMatchObject({ ended: 0, failed: 1 })
  expect(await read()).toMatchObject({ job: { status: 'processing' }, bought: { state: 'submitted' } })
  expect(await bench.attempt('sweepJobs')).toMatchObject({ ended: 1, failed: 0 })
  expect(await read()).toMatchObject({ job: { status: 'failed' }, bought: { state: 'canceled' } })
  expect(seen).toEqual(['processing', 'processing'])
  cancel.mockRestore()
})

it('leaves alone what a revision goes on with that was queued since the look', async () => {
  const { id, goOn, read } = await stillRendering()
  const look = vi.spyOn(bench.workflows, 'hasEnded').mockImplementation(async (jobId) => {
    if (jobId !== id) return false
    await goOn()
    return true
  })
  expect(await bench.attempt('sweepJobs')).toMatchObject({ ended: 0 })
  look.mockRestore()
  expect(await read()).toMatchObject({ job: { status: 'processing' }, bought: { state: 'submitted' } })
  expect(await bench.db.revision.findMany({ where: { jobId: id } })).toMatchObject([{ state: 'queued' }])
  await settle(id)
})

it('cancels at the provider what a job has running that has failed over it, once its run has closed', async () => {
  const { id, longAgo, read } = await stillRendering()
  await bench.db.job.update({ where: { id }, data: { status: 'failed', stage: 'failed', updatedAt: longAgo } })
  await swept()
  expect((await read()).bought).toMatchObject({ state: 'submitted' })
  bench.ended.add(id)
  expect(await bench.attempt('sweepJobs')).toMatchObject({ ended: 1, failed: 0 })
  expect((await read()).bought).toMatchObject({ state: 'canceled' })
  expect(await bench.attempt('sweepJobs')).toMatchObject({ ended: 0, failed: 0 })
})

it('leaves alone what a failed job has running that was retried since the look', async () => {
  const { id, longAgo, goOn } = await stillRendering()
  await bench.db.job.update({ where: { id }, data: { status: 'failed', stage: 'failed', updatedAt: longAgo } })
  // Another one is canceled first, and meanwhile the job is retried.
  const draft = { sceneId: null, model: 'meta/musicgen', seconds: 8, priceMicroUsd: 1 }
  const piece = await openIntent(bench.db, { jobId: id, subject: musicSubject(0), attempt: 1 }, draft)
  await markSubmitted(bench.db, piece.id, `theirs too ${id}`)
  bench.ended.add(id)
  const cancel = vi.spyOn(bench.provider, 'cancel').mockImplementation(goOn)
  await bench.attempt('sweepJobs')
  expect(cancel).toHaveBeenCalledOnce()
  cancel.mockRestore()
  const states = await bench.db.prediction.groupBy({ by: ['state'], where: { jobId: id }, _count: true })
  expect(states.map(({ state, _count }) => `${_count} ${state}`).sort()).toEqual(['1 canceled', '1 submitted'])
})

it('cancels at the provider what a job had running that was canceled after its workflow was terminated', async () => {
  const { id, longAgo, read } = await stillRendering()
  await cancelJob(bench.db, id, { by: 'Ben', note: null })
  await bench.db.job.update({ where: { id }, data: { canceledAt: longAgo, cancelSentAt: longAgo, updatedAt: longAgo } })
  bench.ended.add(id)
  await swept()
  expect(await read()).toMatchObject({
    job: { stage: 'canceled', error: 'Canceled by Ben, who gave no reason.', scenes: [{ state: 'failed' }] },
    bought: { state: 'canceled' },
  })
})

it('goes on with the others when one can not be helped, and says how many that were', async () => {
  const [first, second] = [await bench.newJob(), await bench.newJob()]
  await bench.db.job.updateMany({ where: { id: { in: [first.id, second.id] } }, data: { insertedAt: aMinuteAgo } })
  bench.refused.add(first.id)
  const report = await bench.attempt('sweepJobs')
  expect(bench.told).toContain(`start ${second.id}`)
  expect(report).toMatchObject({ failed: 1 })
})

it('sends a revision again that a reset left behind, once, and never what an operator terminated', async () => {
  const { id, goOn, longAgo, read } = await stillRendering()
  await goOn()
  const isStill = async (sentAt: Date) => {
    await bench.db.revision.updateMany({ where: { jobId: id }, data: { state: 'running', sentAt } })
    await bench.db.job.update({ where: { id }, data: { updatedAt: longAgo } })
  }
  const resent = async () => (await swept()).filter((what) => what === `revise ${id}`).length

  // Terminated: the run has ended, but not by itself.
  await isStill(longAgo)
  expect(await resent()).toBe(0)
  bench.ownEnds.set(id, { startedAt: aMinuteAgo })
  await isStill(longAgo)
  expect(await resent()).toBe(1)
  expect(await read()).toMatchObject({ job: { status: 'processing' }, bought: { state: 'submitted' } })

  // A run that was told of it and ended without it has had its turn.
  await markRevisionSent(bench.db, id, 1)
  await bench.db.job.update({ where: { id }, data: { updatedAt: longAgo } })
  bench.ended.add(id)
  expect(await resent()).toBe(1)
  expect(await read()).toMatchObject({ job: { status: 'failed' }, bought: { state: 'canceled' } })
})

it('ends a revision whose run was terminated, rather than send it again, once a later one has been made', async () => {
  const { id, goOn, longAgo, read } = await stillRendering()
  await goOn()
  const begun = { startedAt: longAgo, sentAt: longAgo }
  await bench.db.revision.updateMany({ where: { jobId: id }, data: { ...begun, state: 'running' } })
  const later = { jobId: id, number: 2, kind: 'regenerate', startedAt: aMinuteAgo, sentAt: aMinuteAgo }
  await bench.db.revision.create({ data: { ...later, state: 'completed' } })
  await bench.db.job.update({ where: { id }, data: { status: 'completed', stage: 'completed', updatedAt: longAgo } })
  bench.ownEnds.set(id, { startedAt: aMinuteAgo })
  bench.ended.add(id)
  expect(await bench.attempt('sweepJobs')).toMatchObject({ revised: 0, ended: 1 })
  expect(bench.told).not.toContain(`revise ${id}`)
  expect(await read()).toMatchObject({ job: { status: 'completed' }, bought: { state: 'canceled' } })
  const [first] = await bench.db.revision.findMany({ where: { jobId: id }, orderBy: { number: 'asc' } })
  expect(first).toMatchObject({ number: 1, state: 'failed', error: expect.stringMatching(/ended in Temporal/) })
})

it('ends nothing of a job whose revision could not be sent again', async () => {
  const { id, goOn, longAgo, read } = await stillRendering()
  await goOn()
  await bench.db.revision.updateMany({ where: { jobId: id }, data: { state: 'running', sentAt: longAgo } })
  await bench.db.job.update({ where: { id }, data: { updatedAt: longAgo } })
  bench.ownEnds.set(id, { startedAt: aMinuteAgo })
  bench.ended.add(id)
  bench.refused.add(id)
  expect(await bench.attempt('sweepJobs')).toMatchObject({ revised: 0, ended: 0 })
  expect(await read()).toMatchObject({ job: { status: 'processing' }, bought: { state: 'submitted' } })
  bench.refused.delete(id)
  expect(await bench.attempt('sweepJobs')).toMatchObject({ revised: 1 })
})

it('begins nothing more after a minute, and the provider, which may take that long, comes last', async () => {
  const still = [await stillRendering(), await stillRendering()]
  for (const { id } of still) bench.ended.add(id)
  const job = { connect: { id: still[0]?.id ?? 0 } }
  const webhook = { job, type: 'job.failed', url: 'https://example.com', payload: {}, insertedAt: aMinuteAgo }
  const { id: delivery } = await bench.db.webhookDelivery.create({ data: webhook })
  const delivered: string[] = []
  bench.workflows.deliver = async (id) => void delivered.push(id)
  const cancel = vi.spyOn(bench.provider, 'cancel').mockImplementation(async () => {
    vi.setSystemTime(Date.now() + 61_000)
  })
  const report = await bench.attempt('sweepJobs').finally(() => vi.useRealTimers())
  cancel.mockRestore()
  expect(report).toMatchObject({ ended: 1, left: 1 })
  expect(delivered).toEqual([delivery])
  const states = await Promise.all(still.map(async ({ read }) => (await read()).bought.state))
  expect(states).toEqual(['canceled', 'submitted'])
})

it('begins nothing more once its worker is asked to end', async () => {
  const { id } = await bench.newJob()
  await bench.db.job.update({ where: { id }, data: { insertedAt: aMinuteAgo } })
  const workflowExecution = { workflowId: `sweep-${await installationId(bench.db)}`, runId: 'run' }
  const environment = new MockActivityEnvironment({ workflowExecution })
  environment.cancel('WORKER_SHUTDOWN')
  const report = await environment.run(bench.activities.sweepJobs)
  expect(report).toMatchObject({ started: 0, told: 0, failed: 0 })
  expect(bench.told).toEqual([])
  expect(await swept()).toContain(`start ${id}`)
})
