/** The one place where what a vendor says becomes a typed failure, with a sentence that a person can act on. */

import { APIConnectionError, APIError } from 'openai'
import type { PredictionFailure } from '../domain/prediction.ts'
import type { ProviderFailure, ProviderFailureType } from './ports.ts'

/** What became of a request that did not succeed. */
export type Trouble =
  | { kind: 'answer'; status: number; headers: Headers; body: string }
  /** No connection was made, so the request was certainly not received. */
  | { kind: 'unreachable'; reason: string }
  /** The request may have been received; its answer was not. */
  | { kind: 'lost'; reason: string }

export interface Vendor {
  name: string
  /** The environment variable that holds the key. */
  keyVariable: string
  /** The environment variable that holds the address. */
  urlVariable: string
  /** Where credit is bought. */
  billing: string
  /** The key itself, so that it can be kept out of every sentence. */
  key: string | undefined
}

/** What was asked for: `doing` follows "could not …"; `missing` is the next step when the vendor can't find it. */
export interface Ask {
  doing: string
  missing: string
}

/** Whether a create that ended so may have bought something: the answer was lost, or the server failed halfway. */
export function mayHaveArrived(trouble: Trouble): boolean {
  return trouble.kind === 'lost' || (trouble.kind === 'answer' && isServerFailure(trouble.status))
}

const isServerFailure = (status: number) => status >= 500 || status === 408

/** The failure of calling a vendor without its key. */
export function missingKey(vendor: Vendor): ProviderFailure {
  return {
    type: 'ProviderUnauthorized',
    message: `${vendor.name} can't be used: ${vendor.keyVariable} is not set. Set it and start again.`,
    retryAfterSeconds: null,
  }
}

/** Maps what a vendor answered, or that it did not, to a typed failure. */
export function failureOf(vendor: Vendor, trouble: Trouble, { doing, missing }: Ask): ProviderFailure {
  if (trouble.kind !== 'answer') {
    const where = trouble.kind === 'unreachable' ? 'could not be reached' : 'gave no usable answer'
    return fail(
      vendor,
      'ProviderUnavailable',
      `${vendor.name} ${where} when asked to ${doing}: ${trouble.reason}. If this lasts, check the network and ${vendor.urlVariable}.`,
      UNAVAILABLE_SECONDS,
    )
  }
  const { status, headers } = trouble
  const words = vendorWords(trouble.body)
  const said = words ? `${status}: ${clip(words)}` : `${status}`
  if (status === 402 || (status < 500 && OUT_OF_CREDIT.test(words))) {
    return fail(
      vendor,
      'ProviderOutOfCredit',
      `${vendor.name} has no credit left to ${doing} (${said}). Add credit at ${vendor.billing}, then retry the job.`,
    )
  }
  if (status < 500 && isModeration(words)) {
    return fail(
      vendor,
      'ProviderContentRefused',
      `${vendor.name}'s content filter refused to ${doing} (${said}). Change the text or the pictures, then try again.`,
    )
  }
  if (status === 401 || status === 403 || (status === 400 && WRONG_KEY.test(words))) {
    return fail(
      vendor,
      'ProviderUnauthorized',
      `${vendor.name} did not accept the API key when asked to ${doing} (${said}). Check ${vendor.keyVariable}.`,
    )
  }
  if (status === 404 || status === 410) {
    return fail(vendor, 'ProviderNotFound', `${vendor.name} could not ${doing} (${said}). ${missing}`)
  }
  if (status === 429) {
    const seconds = retryAfterSeconds(trouble)
    return fail(
      vendor,
      'ProviderRateLimited',
      `${vendor.name} limits requests and did not ${doing} (${said}). It can be tried again in ${seconds} s.`,
      seconds,
    )
  }
  if (isServerFailure(status)) {
    return fail(
      vendor,
      'ProviderUnavailable',
      `${vendor.name} failed when asked to ${doing} (${said}). If this lasts, see its status page.`,
      UNAVAILABLE_SECONDS,
    )
  }
  if (status < 400) {
    const target = headers.get('location') ?? 'another address'
    return fail(
      vendor,
      'ProviderInvalidInput',
      `${vendor.name} redirects to ${clip(target)} (${status}), which is not followed. Check ${vendor.urlVariable}.`,
    )
  }
  return fail(
    vendor,
    'ProviderInvalidInput',
    `${vendor.name} refused to ${doing} (${said}). Change what it complains about, then try again.`,
  )
}

/** What the `openai` client throws, seen as trouble; null for what is not about the vendor. */
export function troubleOfOpenAi(error: unknown): Trouble | null {
  if (error instanceof APIConnectionError) return { kind: 'lost', reason: error.message }
  if (error instanceof SyntaxError) return { kind: 'lost', reason: 'its answer has another form' }
  if (!(error instanceof APIError) || error.status === undefined) return null
  // x.ai's errors are flat, {code, error: "…"}, and the client keeps only what stands under "error".
  const body = typeof error.error === 'string' ? error.error : JSON.stringify(error.error ?? '')
  return { kind: 'answer', status: error.status, headers: error.headers ?? new Headers(), body }
}

/** Keeps the key out of a text that a vendor wrote. */
export function scrub(text: string, key: string | undefined): string {
  return key ? text.replaceAll(key, '[key]') : text
}

const UNAVAILABLE_SECONDS = 5
/** Where a 429 says nothing: Replicate's limits count by the minute, and short bursts pass. */
const RATE_LIMIT_SECONDS = 10
/** A wrong header must not park a job for a day. */
const LONGEST_WAIT_SECONDS = 3600

/** x.ai says so with 403 or 429: "… has either used all available credits or reached its monthly spending limit". */
const OUT_OF_CREDIT = /used all available credits|insufficient (credit|funds|balance)|monthly spend(ing)? limit/i
/** x.ai answers a wrong key with 400 (https://docs.x.ai/developers/debugging). */
const WRONG_KEY = /incorrect api key/i

function fail(
  vendor: Vendor,
  type: ProviderFailureType,
  message: string,
  retryAfterSeconds: number | null = null,
): ProviderFailure {
  return { type, message: scrub(message, vendor.key), retryAfterSeconds }
}

/**
 * Seconds that a 429 asks to wait: `retry_after` in the body, the Retry-After header (seconds or a date), or Replicate's
 * documented "Your rate limit resets in ~30s." (https://replicate.com/docs/topics/predictions/rate-limits).
 */
function retryAfterSeconds({ headers, body }: Extract<Trouble, { kind: 'answer' }>): number {
  const parsed = parseJson(body)
  const inBody = isRecord(parsed) ? Number(parsed.retry_after ?? Number.NaN) : Number.NaN
  const header = headers.get('retry-after')
  const inHeader = header === null ? Number.NaN : Number(header)
  const date = header === null ? Number.NaN : (Date.parse(header) - Date.now()) / 1000
  const inText = Number(/resets in ~?(\d+(\.\d+)?) ?s/i.exec(body)?.[1] ?? Number.NaN)
  const told = [inBody, inHeader, date, inText].find((seconds) => Number.isFinite(seconds) && seconds >= 0)
  return Math.min(Math.max(Math.ceil(told ?? RATE_LIMIT_SECONDS), 1), LONGEST_WAIT_SECONDS)
}

/** The vendor's own words in an error body: Replicate's problem details, OpenAI's nested and x.ai's flat errors. */
function vendorWords(body: string): string {
  const parsed = parseJson(body)
  if (typeof parsed === 'string') return parsed
  // A proxy's HTML page says nothing that helps.
  if (!isRecord(parsed)) return body.trimStart().startsWith('<') ? '' : body.trim()
  const { detail, title, error, message } = parsed
  const nested = isRecord(error) ? error.message : error
  const sentence = [detail, nested, message, title].find((text) => typeof text === 'string' && text !== '')
  const fields = Array.isArray(parsed.invalid_fields) ? parsed.invalid_fields.filter(isRecord) : []
  const wrong = fields.map(({ field, description }) => `${field}: ${description}`)
  return [sentence, ...wrong].filter(Boolean).join('; ')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const clip = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

/**
 * Texts by which content filters are known. Sources: E005 "The input or output was flagged as sensitive", seen on
 * Replicate's hosted models; "violates … usage guidelines" and "Responsible AI practices", Veo's own
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/video/responsible-ai-and-usage-guidelines), and x.ai's
 * "Content violates usage guidelines"; "input/output new_sensitive" with codes 1026 and 1027, MiniMax's API errors;
 * "NSFW content detected", Stable Diffusion's checker on Replicate.
 */
const MODERATION =
  /\bE005\b|flagged as sensitive|usage guidelines|responsible ai|new_sensitive|sensitive (content|information|words?)|nsfw|safety (filter|system|check)|content (policy|filter|moderation)|SAFETY_CHECK_TYPE/i

/**
 * Texts by which Replicate owns up to having dropped a prediction: "Prediction interrupted; please retry (code: PA)",
 * and of https://replicate.com/docs/reference/error-codes those that ask for a retry: E1000 unknown, E6716 and E8367
 * not started or stopped, E8765 health check, E9825 upload of the output; also E9828 ("Director: unexpected error") and
 * E003 (high demand), seen in the wild.
 */
const INTERRUPTED =
  /prediction interrupted|\bcode: PA\b|\bE(1000|003|6716|8367|8765|9825|9828)\b|high (load|demand)|temporarily unavailable(?! for url)/i

/**
 * What Python's requests and urllib say when an input's URL could not be fetched, as models on Replicate hand it on, also where
 * a proxy answered for a server of ours that was down ("502 Server Error: Bad Gateway for url: …/api/v3/assets/…"; any other
 * host is the model's own affair); and E004 and "Failed to download" of the hosts of official models.
 */
const UNFETCHABLE =
  /max retries exceeded with url|connection aborted|connection broken|(remote|other) (end|side) closed|httpsconnectionpool|httpconnectionpool|failed to (download|fetch)|could not (download|fetch)|unable to (download|fetch)|\b(5\d\d server|429 client) error: .* for url: \S*\/api\/v3\/(assets|audio)\//i

const isModeration = (text: string) => MODERATION.test(text)

/**
 * Sorts the error of a failed prediction by what helps: `moderation`, only another prompt or picture; `unfetchable`, a
 * URL of ours that answers; `interrupted`, the provider dropped it, the same again may well work; `other`, unknown.
 */
export function classifyPredictionError(text: string | null): {
  type: PredictionFailure
  sentence: string
} {
  const words = text?.trim() ? `“${clip(text.trim())}”` : 'it gave no reason'
  if (text && isModeration(text)) {
    return {
      type: 'moderation',
      sentence: `The provider's content filter refused the prediction: ${words}. Change the prompt or the pictures, then retry.`,
    }
  }
  if (text && INTERRUPTED.test(text)) {
    return { type: 'interrupted', sentence: `The provider interrupted the prediction: ${words}. Retry it.` }
  }
  if (text && UNFETCHABLE.test(text)) {
    return {
      type: 'unfetchable',
      sentence: `The provider could not fetch what the prediction starts from: ${words}. Check that PUBLIC_BASE_URL can be reached from outside, then retry.`,
    }
  }
  return {
    type: 'other',
    sentence: `The prediction failed at the provider: ${words}. Retry it; if it fails again, change the prompt or the pictures.`,
  }
}
