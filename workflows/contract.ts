/**
 * What workflow, activities and API share: names, messages, payloads, ids, queues.
 * Only references pass through here: ids, never bytes and never the whole plan.
 */
import { defineQuery, defineSignal } from '@temporalio/workflow'
import type { JobStage, SceneState } from '../domain/job.ts'

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

/** @param installation drawn once per database, so that a fresh or restored one never meets another's runs */
export const videoJobWorkflowId = (installation: string, jobId: number) => `video-job-${installation}-${jobId}`

export interface VideoJobInput {
  jobId: number
}

/** Everything is optional: `temporal workflow signal --name approve` sends nothing. */
export interface Approval {
  by?: string
  note?: string
}
export interface Rejection {
  by?: string
  reason?: string
}

/** What more is wanted of a job; what is done already is found in the rows. */
export interface Revision {
  /** Makes the music, for the first time or anew. */
  music?: boolean
}

/** Starts the rendering. The row decides: a second one, or one that comes too late, changes nothing. */
export const approve = defineSignal<[(Approval | string | null)?]>('approve')
/** Ends the job unrendered. */
export const reject = defineSignal<[(Rejection | string | null)?]>('reject')
/** Asks for more from a job that was approved; a closed workflow is started again with it. Before that it does nothing. */
export const revise = defineSignal<[Revision]>('revise')
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
}

/** What the row holds once a decision was recorded, whoever made it. */
export type RecordedDecision =
  | { decision: 'approved'; plan: RenderPlan }
  | { decision: 'rejected' | 'canceled' }
  /** The signal came before there was a storyboard to see; nothing was decided. */
  | { decision: 'undecided' }

/** What an approved job will do, pinned by the history. */
export interface RenderPlan {
  scenes: PlannedScene[]
  maxParallelScenes: number
  music: MusicPlan | null
}

export interface PlannedScene {
  id: string
  /** Grows only by a decision to pay again. */
  attempt: number
}

export interface MusicPlan {
  /** One a scene; none where the user brings the music. */
  segments: number
  /** 1 unless music was bought for this job before; absent in histories from before that was possible. */
  firstAttempt?: number
  /** Whether one failed segment ends the music, or is replaced by silence. */
  haltOnError: boolean
  /** Whether the job fails without its music. */
  failOnError: boolean
}

/** What is bought: a scene's clip, or the music under the scene at a position. */
export type Purchase =
  | { kind: 'scene'; jobId: number; sceneId: string; attempt: number }
  | { kind: 'music'; jobId: number; position: number; attempt: number }

/** A prediction in the ledger. */
export interface PredictionRef {
  jobId: number
  predictionId: string
}

/** The stable `type` of the failures that activities throw. */
export const FAILURES = {
  stillRunning: 'PredictionStillRunning',
  predictionFailed: 'PredictionFailed',
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
