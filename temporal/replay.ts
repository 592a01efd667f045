/** Replays a recorded history against today's workflow code: the proof that a change breaks no running job. */
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { workflowBundle } from './workflow-bundle.ts'

/**
 * @param name said in the error, such as the workflow's id
 * @throws DeterminismViolationError when today's code would do something else; the change then needs `patched()`
 * @param traced whether as code that makes spans
 */
export async function replayHistory(history: History, name: string, traced = false): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle(traced), replayName: name }, history)
}
