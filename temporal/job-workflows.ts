/** How API and sweep reach a job's workflow: the one place that starts, signals and cancels it. */
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client'
import type { TypedSearchAttributes } from '@temporalio/common'
import type { Activities } from '../activities/index.ts'
import { planRender } from '../domain/render-plan.ts'
import { JobSettings } from '../domain/settings.ts'
import type { Database } from '../prisma/client.ts'
import { markEnded } from '../prisma/queries/decisions.ts'
import { markDeliveryStarted, unstartedDeliveries } from '../prisma/queries/deliveries.ts'
import { installationId } from '../prisma/queries/installation.ts'
import { type Job, readJobToTell, readScenes } from '../prisma/queries/jobs.ts'
import { markRevisionSent } from '../prisma/queries/revisions.ts'
import { filmProfile } from '../providers/film-profile.ts'
import {
  type Approval,
  approve,
  type DeliveryRef,
  deliverWebhookWorkflowId,
  predictionChanged,
  type Rejection,
  type Revision,
  reject,
  revise,
  TASK_QUEUES,
  type VideoJobInput,
  videoJobWorkflowId,
} from '../workflows/contract.ts'
import type { deliverWebhook } from '../workflows/deliver-webhook.ts'
import type { videoJob } from '../workflows/video-job.ts'
import type { RawActivity } from './failure-detail.ts'
import { inspectWorkflow, type WorkflowView } from './inspect-workflow.ts'
import { countQueueWorkers } from './queue-workers.ts'
import { areAttributesUnknown, searchAttributesOf } from './search-attributes.ts'
import { wakeLook } from './wake-look.ts'

export interface JobWorkflows {
  /** Starts the job's workflow; harmless when it was started already. */
  start(jobId: number): Promise<void>
  /** Tells the workflow what the row says was decided: approved, rejected or canceled. */
  decided(jobId: number): Promise<void>
  /** Tells the workflow of a revision of its job; it is started again when it has closed. */
  revise(jobId: number, number: number): Promise<void>
  /** Tells the workflow to look at a prediction of the ledger now. */
  predictionChanged(jobId: number, predictionId: string): Promise<void>
  /** Whether the job's workflow has closed, or is unknown to Temporal. */
  hasEnded(jobId: number): Promise<boolean>
  /** Whether the job's workflow runs, and has purchases to make. */
  isBuying(jobId: number): Promise<boolean>
  /** Whether the job's workflow runs, and does nothing until it is told something. */
  isIdle(jobId: number): Promise<boolean>
  /** Whether Temporal knows no workflow of the job: it lost its database, or that was restored from before. */
  isLost(jobId: number): Promise<boolean>
  /** The newest run of the job's workflow where that came to its own end, done or failed; else null. */
  endedByItself(jobId: number): Promise<{ startedAt: Date } | null>
  /** What the workflow is doing now; null when Temporal knows no workflow of this job. */
  inspect(jobId: number): Promise<WorkflowView | null>
  /** How many workers serve each task queue. */
  workersByQueue(): Promise<{ queue: string; count: number }[]>
  /** Starts the delivery of a webhook; harmless when it was started already. */
  deliver(deliveryId: string): Promise<void>
  /** The same for every webhook that a job owes. */
  deliverAll(jobId: number): Promise<void>
}

/** A call that Temporal does not answer by then fails, rather than keep a caller waiting. */
const DEADLINE_MS = 4_000
/** The step that makes a purchase. */
const SUBMIT: keyof Activities = 'submitPrediction'
/** More than a job ever owes at once. */
const DELIVERIES_OF_A_JOB = 20

/** Each method throws when Temporal can't be reached; the row then still says what is owed, and the sweep pays it. */
export function createJobWorkflows(client: Client, db: Database): JobWorkflows {
  const workflowId = async (jobId: number) => videoJobWorkflowId(await installationId(db), jobId)
  const options = async ({ id, clientId }: Job) => ({
    workflowId: await workflowId(id),
    taskQueue: TASK_QUEUES.main,
    // A closed run stays closed: what an operator terminated is never started again from here.
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `Job ${id}`,
    // Its activities have it too: where they queue, clients take turns, however many scenes one of them has.
    priority: { fairnessKey: clientId },
  })
  const soon = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + DEADLINE_MS, call)
  /** Starts with search attributes where the namespace knows them: a job must not depend on them. */
  const starting = async <T>(
    job: Job,
    call: (known: { args: [VideoJobInput]; typedSearchAttributes?: TypedSearchAttributes }) => Promise<T>,
  ): Promise<T> => {
    const jobId = job.id
    try {
      const typedSearchAttributes = searchAttributesOf(job)
      return await soon(() => call({ args: [{ jobId, isIndexed: true }], typedSearchAttributes }))
    } catch (error) {
      if (!areAttributesUnknown(error)) throw error
      return soon(() => call({ args: [{ jobId }] }))
    }
  }
  const getJob = (jobId: number) => db.job.findUniqueOrThrow({ where: { id: jobId } })
  const isClosed = (error: unknown) =>
    error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError
  const unlessClosed = (error: unknown) => {
    if (!isClosed(error)) throw error
  }

  /** The newest run of the job's workflow; null when Temporal knows none. */
  const describe = async (jobId: number) => {
    const handle = client.workflow.getHandle(await workflowId(jobId))
    try {
      return await soon(() => handle.describe())
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null
      throw error
    }
  }

  const markStarted = (jobId: number) =>
    db.job.updateMany({ where: { id: jobId, startedAt: null }, data: { startedAt: new Date() } })

  const tellCanceled = async (jobId: number) => {
    const handle = client.workflow.getHandle(await workflowId(jobId))
    await soon(() => handle.cancel()).catch(unlessClosed)
    await db.job.update({ where: { id: jobId }, data: { cancelSentAt: new Date() } })
  }
  /** Of an approval that nothing has come of yet: what has come of others only an activity can tell (recordDecision). */
  const unheardPlan = async ({ id, status, stage, decisionSentAt, settings }: Job) => {
    if (status !== 'approved' || stage !== 'pending' || decisionSentAt) return undefined
    const asked = JobSettings.parse(settings)
    return planRender(asked, await readScenes(db, id), filmProfile(asked).fps)
  }
  const tellDecision = async (job: Job, newest: number) => {
    const { id, status, decision, decidedBy, decisionNote, startedAt } = job
    const plan = await unheardPlan(job)
    const by = decidedBy ?? undefined
    const note = decisionNote ?? undefined
    const message =
      decision === 'approved'
        ? { signal: approve.name, signalArgs: [{ by, note, plan }] as [Approval] }
        : { signal: reject.name, signalArgs: [{ by, reason: note }] as [Rejection] }
    // With a start, because the decision may have overtaken the start of the workflow.
    const request = { ...(await options(job)), ...message }
    await starting(job, (known) =>
      client.workflow.signalWithStart<typeof videoJob, [Approval | Rejection]>('videoJob', { ...request, ...known }),
    ).catch(async (error: unknown) => {
      if (!isClosed(error)) throw error
      // One that has got further was heard, from Temporal's UI or before an API died: what is open of it is the sweep's.
      if (status === 'approved') await markEnded(db, id, newest)
    })
    const now = new Date()
    const told = { decisionSentAt: now, startedAt: startedAt ?? now }
    await db.job.updateMany({ where: { id, decisionSentAt: null }, data: told })
  }

  const deliver = async (deliveryId: string) => {
    const started = {
      workflowId: deliverWebhookWorkflowId(await installationId(db), deliveryId),
      taskQueue: TASK_QUEUES.main,
      args: [{ deliveryId }] as [DeliveryRef],
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    }
    await soon(() => client.workflow.start<typeof deliverWebhook>('deliverWebhook', started)).catch(unlessClosed)
    await markDeliveryStarted(db, deliveryId)
  }
  const deliverAll = async (jobId: number) => {
    for (const id of await unstartedDeliveries(db, { jobId }, DELIVERIES_OF_A_JOB)) await deliver(id)
  }

  return {
    async start(jobId) {
      const job = await getJob(jobId)
      const request = await options(job)
      await starting(job, (known) =>
        client.workflow.start<typeof videoJob>('videoJob', { ...request, ...known }),
      ).catch(unlessClosed)
      await markStarted(jobId)
    },

    async decided(jobId) {
      const { job, newestRevision } = await readJobToTell(db, jobId)
      if (job.canceledAt) await tellCanceled(jobId)
      else if (job.decision) await tellDecision(job, newestRevision)
      await deliverAll(jobId)
    },

    async revise(jobId, number) {
      const job = await getJob(jobId)
      const request = {
        ...(await options(job)),
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        signal: revise.name,
        signalArgs: [{ number }] as [Revision],
      }
      await starting(job, (known) =>
        client.workflow.signalWithStart<typeof videoJob, [Revision]>('videoJob', { ...request, ...known }),
      )
      await markStarted(jobId)
      await markRevisionSent(db, jobId, number)
    },

    deliver,
    deliverAll,

    async predictionChanged(jobId, predictionId) {
      const id = await workflowId(jobId)
      const tell = async () => {
        if (await wakeLook(client, id, predictionId)) return
        await client.workflow.getHandle(id).signal(predictionChanged, predictionId)
      }
      await soon(tell).catch(unlessClosed)
    },

    async hasEnded(jobId) {
      return (await describe(jobId))?.status.name !== 'RUNNING'
    },

    async isBuying(jobId) {
      const run = await describe(jobId)
      // The storyboard's step is at work too, and nothing of an approval.
      const isPurchase = ({ activityType }: RawActivity) => activityType?.name === SUBMIT
      return run?.status.name === 'RUNNING' && (run.raw.pendingActivities ?? []).some(isPurchase)
    },

    async isIdle(jobId) {
      const run = await describe(jobId)
      if (run?.status.name !== 'RUNNING') return false
      return !run.raw.pendingWorkflowTask && !run.raw.pendingActivities?.length
    },

    async isLost(jobId) {
      return (await describe(jobId)) === null
    },

    async endedByItself(jobId) {
      const run = await describe(jobId)
      const isItsOwn = run?.status.name === 'COMPLETED' || run?.status.name === 'FAILED'
      return isItsOwn ? { startedAt: run.startTime } : null
    },

    async inspect(jobId) {
      return inspectWorkflow(client, await workflowId(jobId))
    },

    workersByQueue: () => countQueueWorkers(client),
  }
}
