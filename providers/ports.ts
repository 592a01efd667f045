/** The small ports behind which the paid models live. Everything above knows only these. */
import type { StoryboardBrief, WritingExchange, WrittenStoryboard } from '../domain/storyboard.ts'

/** What a running prediction looks like to us; "aborted" is final and told as canceled. */
export interface ProviderPrediction {
  id: string
  status: 'running' | 'succeeded' | 'failed' | 'canceled'
  /** The one output's URL once it succeeded; null when it vanished. */
  outputUrl: string | null
  /** Why it failed, in the provider's words. */
  error: string | null
  createdAt: Date
  /** As the provider hands it back, empty once it forgot. */
  input: Record<string, unknown>
}

/** What to buy: a model's name (with `:version` for community models) and its input. */
export interface PredictionRequest {
  model: string
  input: Record<string, unknown>
  /** Where the provider reports the end, if anywhere. */
  webhookUrl: string | null
  /** Seconds after which the provider is to give up by itself. */
  cancelAfterSeconds: number
}

/**
 * The outcome of a create: `created`; `refused`: certainly not created, `failure` says why and whether to try again;
 * `unknown`: the answer was lost, it may or may not have been created.
 */
export type CreateOutcome =
  | { kind: 'created'; prediction: ProviderPrediction }
  | { kind: 'refused'; failure: ProviderFailure }
  | { kind: 'unknown'; reason: string }

/** A vendor's error, mapped once. */
export interface ProviderFailure {
  type: ProviderFailureType
  /** A sentence that names the thing, the reason and the next step; no secret in it. */
  message: string
  /** Seconds to wait before the next try, for those worth one; null where trying again is useless. */
  retryAfterSeconds: number | null
}

export const PROVIDER_FAILURE_TYPES = [
  'ProviderRateLimited',
  'ProviderOutOfCredit',
  'ProviderUnauthorized',
  'ProviderInvalidInput',
  'ProviderUnavailable',
  'ProviderNotFound',
  'ProviderContentRefused',
] as const
export type ProviderFailureType = (typeof PROVIDER_FAILURE_TYPES)[number]

/** Thrown by everything in providers/ but `create`, which tells its outcome instead. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly failure: ProviderFailure
  constructor(failure: ProviderFailure, options?: ErrorOptions) {
    super(failure.message, options)
    this.failure = failure
  }
}

/** Where predictions are bought. */
export interface PredictionProvider {
  /**
   * Buys once, with its own deadline; never repeats the POST by itself. Never throws for what the provider or the
   * network did; throws the signal's reason when that was aborted before anything was sent.
   */
  create(request: PredictionRequest, options: { timeoutSeconds: number; signal?: AbortSignal }): Promise<CreateOutcome>
  get(id: string, options?: { signal?: AbortSignal }): Promise<ProviderPrediction>
  /** The predictions created since `since`, newest first, page after page. */
  list(since: Date, options?: { signal?: AbortSignal }): AsyncIterable<ProviderPrediction>
  cancel(id: string, options?: { signal?: AbortSignal }): Promise<void>
  /** Stores a file with the provider; returns the URL that a prediction's input may name. */
  upload(file: { bytes: Blob; name: string; contentType: string }, options?: { signal?: AbortSignal }): Promise<string>
  /**
   * Streams an output; one that the provider has already removed is a ProviderError of type ProviderNotFound. Iterating
   * the body throws too: when it stalls, breaks off or is shorter than its announced size. The provider's key is sent
   * only to its own API host. A body that is not wanted any more must be left by `return()` (as `break` does).
   */
  download(
    url: string,
    options?: { signal?: AbortSignal },
  ): Promise<{ body: AsyncIterable<Uint8Array>; size: number | null; contentType: string | null }>
  /** The secret that signs webhooks ("whsec_…"). */
  webhookSecret(): Promise<string>
}

/** The language model wrote no storyboard that can be used, not even when told what was wrong. Trying again seldom helps. */
export class StoryboardInvalid extends Error {
  override readonly name = 'StoryboardInvalid'
}

/** A storyboard has scene types that the job does not allow. */
export class SceneTypesInvalid extends Error {
  override readonly name = 'SceneTypesInvalid'
  readonly invalidTypes: string[]
  constructor(invalidTypes: string[]) {
    super('Scene types do not match allowed property types')
    this.invalidTypes = invalidTypes
  }
}

/**
 * Writes storyboards; photos come with their bytes when the writer can see.
 * `write` throws ProviderError, StoryboardInvalid or SceneTypesInvalid.
 */
export interface StoryboardWriter {
  write(brief: StoryboardBrief, photos: PhotoLoader, options?: WriteOptions): Promise<WrittenStoryboard>
}

export interface WriteOptions {
  signal?: AbortSignal
  /** Is told of every exchange with a language model, also when nothing comes of it. */
  record?: (exchange: WritingExchange) => void
  /** The job has waited long enough: what would be worth another try later is not any more. */
  isLate?: boolean
}

/** Loads a photo scaled down as JPEG, for a model to look at; null when it can't be read as a picture. */
export type PhotoLoader = (assetId: string) => Promise<Uint8Array | null>
