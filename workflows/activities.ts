/** The activities as workflows see them: one proxy per timeout class. Types only; the code is in activities/. */
import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow'
// biome-ignore lint/style/noRestrictedImports: their types only; the code must never be bundled with workflows
import type { Activities } from '../activities/index.ts'
import { TASK_QUEUES } from './contract.ts'

/** Every activity heartbeats (activities/heartbeat.ts): a killed worker is noticed by then. */
const heartbeatTimeout = '10 seconds'
// No proxy has a schedule-to-close timeout: it runs on while no worker does, so an installation that was down over the
// weekend would find its jobs failed without one look. What counts as hung, an activity decides after it has looked.

/** Rows and signals: quick, and tried until they work, because a job must not be lost to a database that is away. */
export const light = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.main,
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds' },
})

/**
 * The same for steps that somebody waits for and that only touch rows: they run in the workflow task itself, which saves two
 * ways over the server (docs/decisions/0047-rows-in-the-workflow-task.md). Where they fail for longer than a few seconds, the
 * server keeps the timer until the next try.
 */
export const rows = proxyLocalActivities<Pick<Activities, 'recordDecision' | 'completeJob'>>({
  startToCloseTimeout: '1 minute',
  localRetryThreshold: '5 seconds',
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds' },
})

/** The language model: slow, and sometimes away for hours. */
export const writing = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.main,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '2 seconds', maximumInterval: '2 minutes' },
})

/**
 * Buying. The POST has its own, shorter deadline. A cancellation waits for a POST that is under way, so that what was
 * bought is known and can be canceled at the provider.
 */
export const submitting = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.submit,
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
})

/**
 * Waiting: each try looks once, and the server keeps the timer until the next, so a long render holds no worker slot
 * and adds no event.
 */
export const polling = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.poll,
  startToCloseTimeout: '1 minute',
  heartbeatTimeout,
  retry: { initialInterval: '2 seconds', maximumInterval: '1 minute' },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
})

/** Downloads and ffmpeg: as long as they live. */
export const media = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.media,
  startToCloseTimeout: '1 hour',
  heartbeatTimeout,
  retry: { initialInterval: '1 second', maximumInterval: '1 minute', maximumAttempts: 20 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
})

/** Work done ahead, while something else is waited for: where it fails, a later step does it. */
export const early = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.media,
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '1 second', maximumAttempts: 2 },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
})

/** Webhooks: the activity itself says when its next try is; the delays here are for a worker that dies in one. */
export const delivering = proxyActivities<Activities>({
  taskQueue: TASK_QUEUES.main,
  startToCloseTimeout: '1 minute',
  heartbeatTimeout,
  retry: { initialInterval: '5 seconds', maximumInterval: '1 hour' },
})
