/** Replays a recorded history against today's workflow code: the proof that a change breaks no running job. */
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { workflowBundle } from './workflow-bundle.ts'

/**
 * @param name said in the error, such as the workflow's id
 * @throws DeterminismViolationError when today's code would do something else; the change then needs `patched()`
 */
export async function replayHistory(history: History, name: string): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle(), replayName: name }, history)
}
