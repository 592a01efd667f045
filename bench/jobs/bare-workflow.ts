/**
 * The baseline of bench/jobs/latency.ts: a job's workflow with nothing in it. The same activities in the same order, on
 * the same queues with the same options; the bodies are empty.
 */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow'
import { TASK_QUEUES } from '../../workflows/contract.ts'
import type { BareActivities } from './bare-activities.ts'

export const bareApprove = defineSignal('approve')

const options = { startToCloseTimeout: '2 minutes', heartbeatTimeout: '10 seconds' } as const
const light = proxyActivities<BareActivities>({ ...options, taskQueue: TASK_QUEUES.main })
const submitting = proxyActivities<BareActivities>({ ...options, taskQueue: TASK_QUEUES.submit })
const polling = proxyActivities<BareActivities>({ ...options, taskQueue: TASK_QUEUES.poll })
const media = proxyActivities<BareActivities>({ ...options, taskQueue: TASK_QUEUES.media })

/** @returns when the first submission began, milliseconds since 1970 */
export async function bareJob({ scenes }: { scenes: number }): Promise<number> {
  let isApproved = false
  setHandler(bareApprove, () => {
    isApproved = true
  })
  await light.bareStep()
  await condition(() => isApproved)
  await light.bareStep()
  const renderScene = async () => {
    const began = await submitting.bareStep()
    await polling.bareStep()
    await media.bareStep()
    return began
  }
  const submissions = await Promise.all(Array.from({ length: scenes }, renderScene))
  await media.bareStep()
  await light.bareStep()
  return Math.min(...submissions)
}
