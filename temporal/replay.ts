/** Replays a recorded history against today's workflow code: the proof that a change breaks no running job. */
import type { PayloadCodec } from '@temporalio/common'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { workflowBundle } from './workflow-bundle.ts'

/**
 * @param name said in the error, such as the workflow's id
 * @param options `payloadCodecs`: of the history's own worker, where it encrypts; `traced`: whether as code that makes spans
 * @throws DeterminismViolationError when today's code would do something else; the change then needs `patched()`
 */
export async function replayHistory(
  history: History,
  name: string,
  { payloadCodecs, traced = false }: { payloadCodecs?: PayloadCodec[]; traced?: boolean } = {},
): Promise<void> {
  const dataConverter = { payloadCodecs }
  const bundle = await workflowBundle(traced)
  await Worker.runReplayHistory({ workflowBundle: bundle, replayName: name, dataConverter }, history)
}
