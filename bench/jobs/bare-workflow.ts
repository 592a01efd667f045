/**
 * The baseline of bench/jobs/latency.ts: a job's workflow with nothing in it. The same activities in the same order, on
 * the same queues with the same options; the bodies are empty, and what takes the place of a prediction lasts as long as ours.
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

/**
 * @param predictions how long each scene's lasts, milliseconds
 * @returns when the first submission began, milliseconds since 1970
 */
export async function bareJob({ predictions }: { predictions: number[] }): Promise<number> {
  let isApproved = false
  setHandler(bareApprove, () => {
    isApproved = true
  })
  await light.bareStep()
  await condition(() => isApproved)
  await light.bareStep()
  const renderScene = async (milliseconds: number) => {
    const began = await submitting.bareStep()
    await polling.bareLook(began + milliseconds)
    await media.bareStep()
    return began
  }
  const submissions = await Promise.all(predictions.map(renderScene))
  await media.bareStep()
  await light.bareStep()
  return Math.min(...submissions)
}
