/** A job's run, as its steps share it. */
import { CancellationScope, sleep, upsertSearchAttributes } from '@temporalio/workflow'
import type { JobStage } from '../domain/job.ts'
import type { KnownChanges } from './changes.ts'
import { SEARCH_ATTRIBUTES, type VideoJobState } from './contract.ts'
import type { PredictionWaiter } from './predictions.ts'

export interface Run {
  jobId: number
  /** What the query answers. */
  job: VideoJobState
  predictions: PredictionWaiter
  /** Whether the stage is shown in Temporal's UI. */
  isIndexed: boolean
  knows: KnownChanges
  /** Keeps a brief stage from being shown; canceled when the run goes on. */
  unshown?: CancellationScope | undefined
}

/** These mostly last a moment: runs are found by one once it has lasted so long. */
const BRIEF: readonly JobStage[] = ['starting_render', 'downloading_video', 'stitching']
const SHOWN_AFTER_MS = 2_000

/** Tells whoever asks the workflow, and who looks for it, which stage it is in. */
export function enter(run: Run, stage: JobStage): void {
  const { job, isIndexed, knows } = run
  if (job.stage === stage) return
  job.stage = stage
  run.unshown?.cancel()
  run.unshown = undefined
  // A server may be newer than the worker that began this run.
  if (!isIndexed || !knows('stage-attribute')) return
  // The server's index would be written just while somebody waits for what comes next.
  if (BRIEF.includes(stage) && knows('brief-unshown')) run.unshown = showIfItLasts(run, stage)
  else show(stage)
}

function showIfItLasts(run: Run, stage: JobStage): CancellationScope {
  const scope = new CancellationScope()
  scope
    .run(() => sleep(SHOWN_AFTER_MS))
    .then(
      () => {
        // What ended it may have come in the same task, and been first.
        if (run.unshown === scope) show(stage)
      },
      () => {},
    )
  return scope
}

function show(stage: JobStage): void {
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.stage, value: stage }])
}
