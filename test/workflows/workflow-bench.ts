/** The workflow alone, on the time-skipping server, with activities that only note that they were called. */
import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { activityInfo } from '@temporalio/activity'
import type { WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker, type WorkflowBundleOption } from '@temporalio/worker'
import { pino } from 'pino'
import type { Activities } from '../../activities/index.ts'
import { installRuntime } from '../../temporal/workers.ts'
import { workflowBundle } from '../../temporal/workflow-bundle.ts'
import { findTool } from '../../toolchain/index.ts'
import { FAILURES, type RenderPlan, TASK_QUEUES } from '../../workflows/contract.ts'
import type { videoJob } from '../../workflows/video-job.ts'

export const HISTORIES = fileURLToPath(new URL('../../workflows/histories/', import.meta.url))
export const recorded = async () => (await readdir(HISTORIES)).filter((name) => name.endsWith('.json')).sort()

export type JobHandle = WorkflowHandle<typeof videoJob>

export interface Bench {
  env: TestWorkflowEnvironment
  /**
   * Lets a workflow that is about to be started have `overrides` in place of the quiet activities.
   * @returns the activities that it calls, as they are called
   */
  activitiesFor(workflowId: string, overrides: Partial<Activities>): string[]
  /**
   * Runs one job with `overrides` in place of the quiet activities, which are this job's alone.
   * @param early is done before a worker looks at the job
   */
  run<T>(
    overrides: Partial<Activities>,
    test: (handle: JobHandle, calls: string[]) => Promise<T>,
    early?: (handle: JobHandle) => Promise<void>,
  ): Promise<T>
  stop(): Promise<void>
}

export async function startBench(): Promise<Bench> {
  installRuntime(pino({ level: 'silent' }))
  const { path } = await findTool('temporal-test-server')
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  const bundle = await workflowBundle()
  const ofWorkflow = new Map<string, Activities>()
  // One set of workers for all tests of a file: starting one takes longer than most jobs.
  const activities = activitiesOf(ofWorkflow)
  const workers = await createWorkers(env, bundle, activities)
  const running = Promise.all(workers.map((worker) => worker.run()))
  const activitiesFor = (workflowId: string, overrides: Partial<Activities>) => {
    const calls: string[] = []
    ofWorkflow.set(workflowId, noted({ ...quietActivities(), ...overrides }, calls))
    return calls
  }
  return {
    env,
    activitiesFor,
    async stop() {
      for (const worker of workers) worker.shutdown()
      await running
      await env.teardown()
    },
    async run(overrides, test, early) {
      const workflowId = `bench-${randomUUID()}`
      const calls = activitiesFor(workflowId, overrides)
      // On a queue of its own, what is done early is there before anybody looks.
      const taskQueue = early ? workflowId : TASK_QUEUES.main
      const options = { workflowId, taskQueue, args: [{ jobId: 1 }] as [{ jobId: number }] }
      const handle = await env.client.workflow.start<typeof videoJob>('videoJob', options)
      if (!early) return test(handle, calls)
      await early(handle)
      const { nativeConnection: connection } = env
      const worker = await Worker.create({ connection, taskQueue, workflowBundle: bundle, activities })
      return worker.runUntil(test(handle, calls))
    },
  }
}

function createWorkers(env: TestWorkflowEnvironment, bundle: WorkflowBundleOption, activities: object) {
  const queues = Object.values(TASK_QUEUES)
  return Promise.all(
    queues.map((taskQueue) =>
      Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        activities,
        ...(taskQueue === TASK_QUEUES.main && { workflowBundle: bundle }),
      }),
    ),
  )
}

/** Each activity as the workflow that calls it has it. */
function activitiesOf(workflows: Map<string, Activities>): object {
  return Object.fromEntries(
    Object.keys(quietActivities()).map((name) => [
      name,
      (input: unknown) => {
        const { workflowId } = activityInfo().workflowExecution ?? {}
        const activities = workflows.get(workflowId ?? '') as unknown as Record<string, (input: unknown) => unknown>
        return activities[name]?.(input)
      },
    ]),
  )
}

/** A plan for scenes "1" to "n". */
export function plan(scenes: number, changes: Partial<RenderPlan> = {}): RenderPlan {
  const ids = Array.from({ length: scenes }, (_, index) => ({ id: String(index + 1), attempt: 1 }))
  return { scenes: ids, maxParallelScenes: 100, music: null, ...changes }
}

/** Activities of a job in which everything goes well. */
export function quietActivities(): Activities {
  const nothing = async () => {}
  return {
    writeStoryboard: async () => ({ approvalTimeoutSeconds: null }),
    recordDecision: async () => ({ decision: 'approved', plan: plan(2) }),
    planRevision: async () => ({ music: null, decided: true }),
    endRevision: nothing,
    failRevision: async ({ reason }) => ({ reason }),
    replaceFilm: nothing,
    submitPrediction: async (purchase) => ({
      jobId: purchase.jobId,
      predictionId: purchase.kind === 'scene' ? `p-${purchase.sceneId}-${purchase.attempt}` : `m-${purchase.position}`,
    }),
    awaitPrediction: nothing,
    decideAttempt: async () => null,
    storeClip: nothing,
    renderTransition: nothing,
    failScene: nothing,
    recordLostVariant: nothing,
    stitchFilm: async () => undefined,
    beginMusic: nothing,
    storeSegment: nothing,
    storeVoice: nothing,
    recordVoiceFailure: nothing,
    silenceSegment: nothing,
    finishSoundtrack: nothing,
    recordMusicFailure: nothing,
    completeJob: async () => ({ stage: 'completed' }),
    failJob: nothing,
    cancelJob: nothing,
    sweepJobs: async () => ({ started: 0, told: 0, revised: 0, ended: 0, delivered: 0, failed: 0, left: 0 }),
    tidyStore: async () => ({ blobs: 0, bytes: 0, tails: 0, tempFolders: 0, unfinished: 0 }),
    deliverWebhook: async () => 'delivered',
    countAssetsToBackfill: async () => 0,
    listAssetsToBackfill: async () => [],
    backfillAsset: async ({ assetId }) => ({ name: assetId, outcome: 'stored', size: 1 }),
  }
}

function noted(activities: Activities, calls: string[]): Activities {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (input: Record<string, unknown> = {}) => {
        calls.push([name, input.sceneId ?? input.position].filter((part) => part !== undefined).join(' '))
        return (activity as (input: unknown) => Promise<unknown>)(input)
      },
    ]),
  ) as unknown as Activities
}

/** What `awaitPrediction` throws while the prediction runs. */
export const stillRunning = (nextRetryDelay: string) =>
  ApplicationFailure.create({
    type: FAILURES.stillRunning,
    message: 'still running',
    nextRetryDelay: nextRetryDelay as '3s',
    category: 'BENIGN',
  })

export const predictionFailed = (message: string) => ApplicationFailure.nonRetryable(message, FAILURES.predictionFailed)
