/** The workers of one process: one a task queue that it serves, on one connection. */
import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import type { PayloadCodec } from '@temporalio/common'
import {
  DefaultLogger,
  type NativeConnection,
  Runtime,
  type TelemetryOptions,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker'
import type { Logger } from 'pino'
import type { Activities } from '../activities/index.ts'
import { tracingNow } from '../telemetry/tracing.ts'
import { jobOfWorkflow, TASK_QUEUES } from '../workflows/contract.ts'
import { activityInterceptors } from './activity-interceptors.ts'
import { ALL_QUEUES, type TaskQueue } from './queues.ts'
import { workflowBundle, workflowInterceptorModules } from './workflow-bundle.ts'

/**
 * The provider takes 600 creates a minute. The server counts for all workers together, and lets short bursts through,
 * so it is told a little less.
 */
const CREATES_PER_SECOND = 9
/** What runs when the process is asked to end gets this long before it is canceled. */
const GRACE = '25 seconds'
/**
 * Workflows kept in memory. The ones that nothing has happened to for longest go first: jobs that wait
 * for approval, which a decision brings back by replaying a dozen events. The SDK's default goes by the heap: over a thousand.
 */
const CACHED_WORKFLOWS = 200

/**
 * Call it once, before anything connects: the SDK's own log goes into ours, and signals are ours to handle.
 * @param metricsAddress host:port where the SDK is to serve its figures to Prometheus; nowhere unless given
 */
export function installRuntime(log: Logger, metricsAddress?: string): void {
  Runtime.install({
    shutdownSignals: [],
    ...(metricsAddress && { telemetryOptions: { metrics: metricsAt(metricsAddress) } }),
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      // All workers but one only run activities, and are meant to.
      if (message.startsWith('No workflows registered')) return
      const say = level === 'ERROR' ? log.error.bind(log) : log.warn.bind(log)
      say({ ...underOurNames(meta ?? {}), from: 'temporal' }, message)
    }),
  })
}

/** What the SDK says of a workflow or an activity, in the fields that our own lines have (telemetry/log-fields.ts). */
function underOurNames({ error, attempt, workflowRunId, ...rest }: Record<string, unknown>): Record<string, unknown> {
  const jobId = typeof rest.workflowId === 'string' ? jobOfWorkflow(rest.workflowId) : undefined
  return { runId: workflowRunId, ...rest, jobId, activityAttempt: attempt, err: error }
}

/** Under names as Prometheus has them: in seconds, with the unit at the end and counters that say so. */
function metricsAt(bindAddress: string): NonNullable<TelemetryOptions['metrics']> {
  const prometheus = { bindAddress, useSecondsForDurations: true, unitSuffix: true, countersTotalSuffix: true }
  return { attachServiceName: false, prometheus }
}

export interface Workers {
  /** Resolves once all have stopped; rejects when one fails. */
  done: Promise<void>
  /** Takes no new work, and gives what runs its grace. */
  stop(): Promise<void>
}

export async function startWorkers(options: {
  connection: NativeConnection
  namespace: string
  activities: Activities
  /** All unless given. */
  queues?: readonly TaskQueue[]
  /** The client's own: what one of them writes the other reads. */
  payloadCodecs?: PayloadCodec[]
  /** The file that exports the workflows; ours unless given. */
  workflowsPath?: string
  /** How many predictions all workers together create at most; another number is for who looks for the next limit. */
  createsPerSecond?: number
}): Promise<Workers> {
  const { connection, namespace, activities, queues = ALL_QUEUES, payloadCodecs, workflowsPath } = options
  const { createsPerSecond = CREATES_PER_SECOND } = options
  const tracing = tracingNow()
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    connection,
    namespace,
    activities,
    dataConverter: { payloadCodecs },
    shutdownGraceTime: GRACE,
    shutdownForceTime: '40 seconds',
    interceptors: {
      activity: activityInterceptors(),
      // The bundle has them already.
      ...(workflowsPath && { workflowModules: workflowInterceptorModules(tracing !== null) }),
    },
    sinks: tracing?.sinks,
  }
  const optionsOf: Record<TaskQueue, () => Promise<Partial<WorkerOptions>>> = {
    [TASK_QUEUES.main]: async () => ({
      maxCachedWorkflows: CACHED_WORKFLOWS,
      // One context for all, made now: `withShortTraces` goes by that.
      reuseV8Context: true,
      ...(workflowsPath ? { workflowsPath } : { workflowBundle: await workflowBundle() }),
    }),
    [TASK_QUEUES.submit]: async () => ({ maxTaskQueueActivitiesPerSecond: createsPerSecond }),
    [TASK_QUEUES.poll]: async () => ({}),
    [TASK_QUEUES.media]: async () => ({
      maxConcurrentActivityTaskExecutions: availableParallelism(),
      // The SDK would hold heartbeats back for eight seconds, and with them the news of a cancellation.
      maxHeartbeatThrottleInterval: '400 milliseconds',
    }),
  }
  const workers = await withShortTraces(() =>
    Promise.all(
      queues.map(async (taskQueue) => Worker.create({ ...common, taskQueue, ...(await optionsOf[taskQueue]()) })),
    ),
  )
  const done = Promise.all(workers.map((worker) => worker.run())).then(() => {})
  // Whoever starts workers awaits `done` at the end; until then a rejection is not unhandled.
  done.catch(() => {})
  return {
    done,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
      await done
    },
  }
}

/**
 * Stack traces in the workflows' thread, which `create` starts, are one line: where it was thrown. The SDK takes one of every
 * promise that a workflow makes, with no option against it, and at their usual length that was more than half of the thread's
 * time (docs/decisions/0064-short-stack-traces-of-workflows.md). What runs already keeps its own limit.
 */
async function withShortTraces<T>(create: () => Promise<T>): Promise<T> {
  setFlagsFromString('--stack-trace-limit=1')
  try {
    return await create()
  } finally {
    setFlagsFromString(`--stack-trace-limit=${Error.stackTraceLimit}`)
  }
}
