/** The baseline: workflows of a job's shape without our code (bench/jobs/bare-workflow.ts), some at once. */
import { randomUUID } from 'node:crypto'
import { TASK_QUEUES } from '../../workflows/contract.ts'
import { each } from '../each.ts'
import { bareApprove, type bareJob } from '../jobs/bare-workflow.ts'
import type { Rig } from '../jobs/rig.ts'

export function makeBare(
  { client }: Rig,
  { scenes, count, atOnce }: { scenes: number; count: number; atOnce: number },
) {
  return each(count, atOnce, async () => {
    const handle = await client.workflow.start<typeof bareJob>('bareJob', {
      workflowId: `bare-${randomUUID()}`,
      taskQueue: TASK_QUEUES.main,
      args: [{ scenes }],
    })
    await handle.signal(bareApprove)
    await handle.result()
  })
}
