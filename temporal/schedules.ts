/** What runs by itself, again and again. */
import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client'
import { TASK_QUEUES } from '../workflows/contract.ts'

const SCHEDULES = [
  { name: 'sweep', workflowType: 'sweep', every: '30 seconds', catchupWindow: '1 minute' },
  { name: 'tidy', workflowType: 'tidy', every: '6 hours', catchupWindow: '1 hour' },
] as const

/**
 * Makes the schedules; harmless when they are there.
 * @param installation part of their ids, because several installations may share a namespace
 */
export async function ensureSchedules(client: Client, installation: string): Promise<void> {
  for (const { name, workflowType, every, catchupWindow } of SCHEDULES) {
    try {
      await client.schedule.create({
        scheduleId: `${name}-${installation}`,
        spec: { intervals: [{ every }] },
        policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
        action: { type: 'startWorkflow', workflowType, taskQueue: TASK_QUEUES.main, args: [] },
      })
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error
    }
  }
}
