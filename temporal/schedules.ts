/** What runs by itself, again and again. */
import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client'
import { TASK_QUEUES } from '../workflows/contract.ts'

const SWEEP_EVERY = '30 seconds'

/**
 * Makes the schedule of the sweep; harmless when it is there.
 * @param installation part of its id, because several installations may share a namespace
 */
export async function ensureSchedules(client: Client, installation: string): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: `sweep-${installation}`,
      spec: { intervals: [{ every: SWEEP_EVERY }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
      action: { type: 'startWorkflow', workflowType: 'sweep', taskQueue: TASK_QUEUES.main, args: [] },
    })
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
  }
}
