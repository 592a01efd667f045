/** What is written down once a job's workflow was told something, by a Temporal that only answers. */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { getJob } from '../../prisma/queries/jobs.ts'
import { advanceJob } from '../../prisma/queries/progress.ts'
import { queueRetry } from '../../prisma/queries/revisions.ts'
import { createJobWorkflows } from '../../temporal/job-workflows.ts'
import { type ActivityBench, startActivityBench } from '../activities/activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())

const asker = { by: 'Olga' }

/** @param answer what Temporal does with a signal */
function workflowsOf(answer: (signalArgs: unknown[]) => unknown) {
  const withDeadline = (_: number, call: () => unknown) => call()
  const signalWithStart = async (_: string, { signalArgs }: { signalArgs: unknown[] }) => answer(signalArgs)
  const client = { withDeadline, workflow: { signalWithStart } }
  return createJobWorkflows(client as unknown as Client, bench.db)
}
const taken = () => workflowsOf(() => 'a run')
const closed = () =>
  workflowsOf(() => {
    throw new WorkflowExecutionAlreadyStartedError('It has closed', 'video-job', 'videoJob')
  })

async function approved(): Promise<number> {
  const { id } = await bench.newJob()
  await approveJob(bench.db, id, { by: 'Anna', note: null })
  return id
}
const row = (id: number) => getJob(bench.db, id)
const revisions = (jobId: number) => bench.db.revision.findMany({ where: { jobId } })

describe('telling a workflow', () => {
  it('of a decision says that it was started, which whoever started it may not have lived to write', async () => {
    const id = await approved()
    await taken().decided(id)
    expect(await row(id)).toMatchObject({ startedAt: expect.any(Date), decisionSentAt: expect.any(Date) })
  })

  it('of an approval that nothing has come of brings what is to be done', async () => {
    const id = await approved()
    let sent: unknown[] = []
    await workflowsOf((signalArgs) => {
      sent = signalArgs
    }).decided(id)
    const [first] = (await row(id)).scenes
    const planned = await bench.attempt('recordDecision', { jobId: id, decision: 'approved', by: 'Anna', note: null })
    expect(planned).toMatchObject({ decision: 'approved', plan: { scenes: [{ id: first?.id, attempt: 1 }] } })
    expect(sent).toEqual([{ by: 'Anna', note: undefined, plan: 'plan' in planned && planned.plan }])
  })

  it.each([
    ['was told already', { decisionSentAt: new Date() }],
    ['is being made', { stage: 'waiting_prediction', status: 'processing' }],
  ])('of an approval whose job %s brings no plan: that may not hold any more', async (_, data) => {
    const id = await approved()
    await bench.db.job.update({ where: { id }, data })
    let sent: unknown[] = []
    await workflowsOf((signalArgs) => {
      sent = signalArgs
    }).decided(id)
    expect(sent).toEqual([{ by: 'Anna', note: undefined, plan: undefined }])
  })

  it('of a revision says so too', async () => {
    const id = await approved()
    await bench.db.$transaction((tx) => advanceJob(tx, id, 'failed', { error: 'no GPU' }))
    await queueRetry(bench.db, id, asker)
    await taken().revise(id, 1)
    expect(await row(id)).toMatchObject({ startedAt: expect.any(Date) })
    expect(await revisions(id)).toMatchObject([{ sentAt: expect.any(Date) }])
  })
})

describe('a decision about a workflow that has closed', () => {
  it('fails the job that was approved too late', async () => {
    const id = await approved()
    await closed().decided(id)
    expect(await row(id)).toMatchObject({ status: 'failed', error: expect.stringMatching(/ended in Temporal/) })
  })

  it('ends no retry of a job that was approved in Temporal, ran and failed', async () => {
    const id = await approved()
    await bench.db.$transaction((tx) => advanceJob(tx, id, 'failed', { error: 'no GPU' }))
    await queueRetry(bench.db, id, asker)
    await closed().decided(id)
    expect(await row(id)).toMatchObject({ status: 'processing', decisionSentAt: expect.any(Date) })
    expect(await revisions(id)).toMatchObject([{ state: 'queued' }])
  })

  it('ends no retry that was queued while it was told', async () => {
    const id = await approved()
    const late = workflowsOf(async () => {
      await bench.db.$transaction((tx) => advanceJob(tx, id, 'failed', { error: 'no GPU' }))
      await queueRetry(bench.db, id, asker)
      throw new WorkflowExecutionAlreadyStartedError('It has closed', 'video-job', 'videoJob')
    })
    await late.decided(id)
    expect(await row(id)).toMatchObject({ status: 'processing' })
    expect(await revisions(id)).toMatchObject([{ state: 'queued' }])
  })
})

describe('a workflow', () => {
  /** @param pending the steps that it waits for */
  const running = (pending: string[], more: object = {}) => {
    const raw = { pendingActivities: pending.map((name) => ({ activityType: { name } })), ...more }
    const describe = async () => ({ status: { name: 'RUNNING' }, raw })
    const client = {
      withDeadline: (_: number, call: () => unknown) => call(),
      workflow: { getHandle: () => ({ describe }) },
    }
    return createJobWorkflows(client as unknown as Client, bench.db)
  }

  it('that writes its storyboard again, or plans a revision, has heard no approval yet', async () => {
    expect(await running(['writeStoryboard', 'planRevision']).isBuying(1)).toBe(false)
    expect(await running(['submitPrediction', 'awaitPrediction']).isBuying(1)).toBe(true)
  })

  it('is idle where it waits for no step, and no task of its own waits for a worker', async () => {
    expect(await running([]).isIdle(1)).toBe(true)
    expect(await running(['awaitPrediction']).isIdle(1)).toBe(false)
    expect(await running([], { pendingWorkflowTask: {} }).isIdle(1)).toBe(false)
  })
})
