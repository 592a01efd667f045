/**
 * What workflow, activities and API share: names, messages, payloads, ids, queues.
 * Only references pass through here: ids, never bytes and never the whole plan.
 */
import { defineSearchAttributeKey } from '@temporalio/common'
import { defineQuery, defineSignal } from '@temporalio/workflow'
import type { JobStage, SceneState } from '../domain/job.ts'
import type { MusicPlan, PlannedScene, RenderPlan, VoicePlan } from '../domain/render-plan.ts'
import type { RevisionKind } from '../domain/revision.ts'

export type { MusicPlan, PlannedScene, RenderPlan, VoicePlan } from '../domain/render-plan.ts'

/** By what the work needs, so that none starves another. */
export const TASK_QUEUES = {
  /** Workflows and light activities. */
  main: 'greenlight',
  /** Creating predictions: limited to what the provider takes. */
  submit: 'greenlight-submit',
  /** Looking at running predictions; apart from submit, or polls would eat its limit. */
  poll: 'greenlight-poll',
  /** ffmpeg: as many at once as there are cores. */
  media: 'greenlight-media',
} as const

/** Of starts, signals and activities: the request that they come from, for log lines alone. */
export const REQUEST_ID_HEADER = 'request-id'

/** @param installation drawn once per database, so that a fresh or restored one never meets another's runs */
export const videoJobWorkflowId = (installation: string, jobId: number) => `video-job-${installation}-${jobId}`

/** The job of a workflow's id; none of that of another workflow. */
export function jobOfWorkflow(workflowId: string): number | undefined {
  const [, jobId] = /^video-job-.*-(\d+)$/.exec(workflowId) ?? []
  return jobId === undefined ? undefined : Number(jobId)
}

/** What a job's workflow is found by. */
export const SEARCH_ATTRIBUTES = {
  job: defineSearchAttributeKey('GreenlightJob', 'INT'),
  campaign: defineSearchAttributeKey('GreenlightCampaign', 'KEYWORD'),
  client: defineSearchAttributeKey('GreenlightClient', 'KEYWORD'),
  stage: defineSearchAttributeKey('GreenlightStage', 'KEYWORD'),
} as const

export interface VideoJobInput {
  jobId: number
  /** Whether the namespace knows our search attributes: a workflow that set others would be stuck. */
  isIndexed?: boolean
}

/** What the workflow is told along with the storyboard. */
export interface StoryboardWritten {
  /** Seconds after which a job that nobody decided about is rejected; null for never. */
  approvalTimeoutSeconds: number | null
  /** The job was canceled before its workflow ran, so that nobody will tell it: there is nothing to wait for. */
  canceled?: boolean
}

/** Everything is optional: `temporal workflow signal --name approve` sends nothing. */
export interface Approval {
  by?: string
  note?: string
  /**
   * From who has just written the approval into the row, and so knows what it holds: the workflow then need not ask. What is
   * bought is held against the row all the same.
   */
  plan?: RenderPlan
}
export interface Rejection {
  by?: string
  reason?: string
}

/**
 * What more is wanted of a job that was decided. The API writes a row and sends its number; from the Temporal UI or CLI
 * come the wishes themselves: `{"scenes":["<scene id>"]}` renders these again, `{"music":true}` makes the music anew,
 * and nothing at all retries a failed job. What is done already is found in the rows.
 */
export interface Revision {
  /** Of the row that says what is wanted. */
  number?: number
  /** Ids of scenes to be rendered again. */
  scenes?: string[]
  /** Makes the music, for the first time or anew. */
  music?: boolean
}

/** A wish as the workflow hands it on. */
export interface AskedRevision extends Revision {
  /** Which signal brought it: the same after a reset, which hands the signals over again. Absent in old histories. */
  signal?: string
}

/** Starts the rendering. The row decides: a second one, or one that comes too late, changes nothing. */
export const approve = defineSignal<[(Approval | string | null)?]>('approve')
/** Ends the job unrendered. */
export const reject = defineSignal<[(Rejection | string | null)?]>('reject')
/** Asks for more from a job that was decided; a closed workflow is started again with it. Before that it does nothing. */
export const revise = defineSignal<[(Revision | null)?]>('revise')
/** A hint, with the id of a prediction in the ledger: look at it now. Sent where no look sleeps that could be woken. */
export const predictionChanged = defineSignal<[string]>('predictionChanged')

/** What the workflow is doing, as the workflow knows it; the rows are what people are shown. */
export const state = defineQuery<VideoJobState>('state')

export interface VideoJobState {
  stage: JobStage
  decision: 'approved' | 'rejected' | null
  /** By scene id. */
  scenes: Record<string, SceneState>
  /** How many pieces of music there are so far. */
  musicSegments: number
  error: string | null
}

/** A decision as a signal brought it. */
export interface SignaledDecision {
  decision: 'approved' | 'rejected'
  by: string | null
  note: string | null
  /** It came before the storyboard was written: nobody can have seen what they decided about. */
  early?: boolean
  /** What an approval that is in the row already has done. */
  plan?: RenderPlan
}

/** What the row holds once a decision was recorded, whoever made it. */
export type RecordedDecision =
  | { decision: 'approved'; plan: RenderPlan }
  | { decision: 'rejected' | 'canceled' }
  /**
   * The signal came before there was a storyboard to see, or a budget has too little left, which `reason` then says;
   * nothing was decided.
   */
  | { decision: 'undecided'; reason?: string }

/** What a revision of a decided job will do, pinned by the history. */
export interface RevisionPlan {
  /** Whether the job has gone on from its approval, or has ended: before that there is nothing to revise. */
  decided: boolean
  /** Which stage the rows say the job is in: a new run knows it from nowhere else. Absent in histories from before it was told. */
  stage?: JobStage
  music: MusicPlan | null
  /** What is to be done; absent when there is nothing to do, and in histories from before revisions were rows. */
  revision?: { number: number; kind: RevisionKind }
  /** Rendered again; with `revision` only. */
  scenes?: PlannedScene[]
  maxParallelScenes?: number
  /** Positions of the scenes that a transition to be rendered leads from; absent where there are only cuts. */
  transitions?: number[]
  /** What is still to be spoken; absent where that is nothing. */
  voices?: VoicePlan
}

/**
 * What is bought: a scene's clip, the music under the scene at a position (of the first soundtrack where none is named), or
 * its voice-over. One of several `variants` of a scene is bought again by the attempt that many later, so that none takes
 * another's number.
 */
export type Purchase =
  | { kind: 'scene'; jobId: number; sceneId: string; attempt: number; variants?: number }
  | { kind: 'music'; jobId: number; position: number; attempt: number; soundtrack?: number }
  | { kind: 'voice'; jobId: number; position: number; attempt: number }

/** A prediction in the ledger. */
export interface PredictionRef {
  jobId: number
  predictionId: string
}

/** The stable `type` of the failures that activities throw. */
export const FAILURES = {
  stillRunning: 'PredictionStillRunning',
  predictionFailed: 'PredictionFailed',
  attemptDue: 'PredictionAttemptDue',
  outputLost: 'PredictionOutputLost',
  outcomePending: 'PredictionOutcomePending',
  outcomeUnknown: 'PredictionOutcomeUnknown',
  spendingPaused: 'SpendingPaused',
  picturesUnreachable: 'PicturesUnreachable',
  mediaUnreadable: 'MediaUnreadable',
  storyboardImpossible: 'StoryboardImpossible',
  jobFailed: 'JobFailed',
  webhookNotTaken: 'WebhookNotTaken',
} as const

/** What a sweep found owing, and paid: its workflow's result, for operators. */
export interface SweepReport {
  /** Jobs whose workflow was never started, or lost with Temporal's database. */
  started: number
  /** Jobs whose decision the workflow was not told of. */
  told: number
  /** Revisions that the workflow was not told of. */
  revised: number
  /** Jobs whose workflow had ended, in Temporal or with a failure, over what they had open. */
  ended: number
  /** Webhooks whose delivery was not started. */
  delivered: number
  /** Of all these, what could not be done; the log says why, and the next sweep tries again. */
  failed: number
  /** Of all these, what there was no time for; the next sweep does it. */
  left: number
}

/** What was tidied up: what nothing names any more. */
export interface TidyReport {
  blobs: number
  /** Of these blobs. */
  bytes: number
  /** Ends of music segments that were kept for the provider. */
  tails: number
  /** Folders that dead processes left. */
  tempFolders: number
  /** Writes into the store that dead processes left. */
  unfinished: number
}

/** One workflow a webhook, named by the delivery, so that an event is never on its way twice at once. */
export const deliverWebhookWorkflowId = (installation: string, deliveryId: string) =>
  `deliver-webhook-${installation}-${deliveryId}`

export interface DeliveryRef {
  deliveryId: string
}

/** One at a time: who asks for a second is shown the first. */
export const backfillWorkflowId = (installation: string) => `backfill-${installation}`

export interface BackfillInput {
  /** How many assets are tried; null for all. */
  limit: number | null
  /** Milliseconds between two assets, to spare who serves them. */
  sleepMs: number
  /** What earlier runs of the same backfill did: set by the workflow itself when it continues as new. */
  soFar?: BackfillProgress
}

export interface BackfillProgress {
  /** How many assets had only a URL when it began, or the limit. */
  total: number
  stored: number
  /** Bytes. */
  storedBytes: number
  failed: number
  /** The first few hundred that failed, and why. */
  failures: { assetId: string; name: string; reason: string }[]
  /** The last asset that was tried; the next one comes after it. */
  after: string | null
}

export const backfillProgress = defineQuery<BackfillProgress>('backfillProgress')

export type BackfilledAsset = { name: string } & (
  | { outcome: 'stored'; size: number }
  | { outcome: 'failed'; reason: string }
)
