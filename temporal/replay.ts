/** Replays a recorded history against today's workflow code: the proof that a change breaks no running job. */
import type { PayloadCodec } from '@temporalio/common'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { workflowBundle } from './workflow-bundle.ts'

/** `payloadCodecs`: of the histories' own worker, where it encrypts; `traced`: whether as code that makes spans. */
export interface ReplayOptions {
  payloadCodecs?: PayloadCodec[]
  traced?: boolean
}

/**
 * @param name the workflow's id to its code, which nothing depends on
 * @throws DeterminismViolationError when today's code would do something else; the change then needs `patched()`
 */
export async function replayHistory(history: History, name: string, options?: ReplayOptions): Promise<void> {
  await Worker.runReplayHistory(await workerOptions(options), history, name)
}

/**
 * One after the other, by one worker: to start one takes longer than a replay.
 * @param histories by name
 * @returns what replayHistory throws of each, by name; null where it throws nothing
 */
export async function replayHistories(
  histories: ReadonlyMap<string, History>,
  options?: ReplayOptions,
): Promise<Map<string, Error | null>> {
  const named = Array.from(histories, ([workflowId, history]) => ({ workflowId, history }))
  const outcomes = new Map<string, Error | null>()
  for await (const { workflowId, error } of Worker.runReplayHistories(await workerOptions(options), named)) {
    outcomes.set(workflowId, error ?? null)
  }
  return outcomes
}

async function workerOptions({ payloadCodecs, traced = false }: ReplayOptions = {}) {
  return { workflowBundle: await workflowBundle(traced), dataConverter: { payloadCodecs } }
}
