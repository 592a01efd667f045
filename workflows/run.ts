/** A job's run, as its steps share it. */
import { upsertSearchAttributes } from '@temporalio/workflow'
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
}

/** Tells whoever asks the workflow, and who looks for it, which stage it is in. */
export function enter({ job, isIndexed, knows }: Run, stage: JobStage): void {
  if (job.stage === stage) return
  job.stage = stage
  // A server may be newer than the worker that began this run.
  if (isIndexed && knows('stage-attribute')) upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.stage, value: stage }])
}
