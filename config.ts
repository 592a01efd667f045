/** Everything that the environment decides, read once at the composition roots and injected; nobody else reads it. */
import path from 'node:path'
import { z } from 'zod'
import { USUAL_VOICE_MODEL } from './domain/settings.ts'
import { whyNoPostgresUrl } from './prisma/postgres-url.ts'
import { parseS3Url } from './storage/s3/location.ts'

const blankIsUnset = (value: unknown) => (typeof value === 'string' && value.trim() === '' ? undefined : value)
const text = z.preprocess(blankIsUnset, z.string().trim().optional())
const flag = (fallback: boolean) =>
  z.preprocess(
    (value) => {
      const word = typeof value === 'string' ? value.trim().toLowerCase() : value
      if (word === undefined || word === '') return fallback
      return ['true', '1', 'yes', 'on'].includes(word as string)
        ? true
        : ['false', '0', 'no', 'off'].includes(word as string)
          ? false
          : word
    },
    z.boolean({ error: 'must be true or false' }),
  )
const number = (fallback: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) =>
  z.preprocess(blankIsUnset, z.coerce.number().min(min).max(max).default(fallback))
const whole = (fallback: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) =>
  z.preprocess(blankIsUnset, z.coerce.number().int().min(min).max(max).default(fallback))
/** A limit that there is none of unless it is set. */
const wish = z.preprocess(blankIsUnset, z.coerce.number().int().min(1).optional())
/** USD; null for no limit. */
const money = z.preprocess(blankIsUnset, z.coerce.number().min(0).max(10_000_000).optional())
const choice = <const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) =>
  z.preprocess(blankIsUnset, z.enum(values).default(fallback as never))
const list = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : [],
  z.array(z.string()),
)
const httpUrl = z.preprocess(
  blankIsUnset,
  z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
)
const s3Url = z.preprocess(
  blankIsUnset,
  z
    .string()
    .trim()
    .transform((url, context) => {
      try {
        return parseS3Url(url)
      } catch (error) {
        context.addIssue((error as Error).message)
        return z.NEVER
      }
    })
    .optional(),
)

const postgresUrl = z.preprocess(
  blankIsUnset,
  z
    .string()
    .trim()
    .superRefine((url, context) => {
      const message = whyNoPostgresUrl(url)
      if (message) context.addIssue({ code: 'custom', message })
    })
    .optional(),
)

const Environment = z.object({
  PORT: whole(4000, { max: 65535 }),
  HOST: z.preprocess(blankIsUnset, z.string().default('127.0.0.1')),
  PUBLIC_BASE_URL: httpUrl,
  API_AUTH_KEY: list,
  CORS_ORIGINS: list,
  DATA_DIR: z.preprocess(blankIsUnset, z.string().default('.data')),
  DATABASE_PATH: text,
  BLOB_STORE_URL: s3Url,
  BLOB_CACHE_BYTES: whole(10 * 1024 ** 3, { min: 1 }),
  BLOB_REDIRECTS: flag(false),
  DATABASE_URL: postgresUrl,
  DATABASE_POOL_SIZE: whole(10, { min: 2, max: 1000 }),
  TEMPORAL_UI_URL: httpUrl,
  MAX_UPLOAD_BYTES: whole(512 * 1024 * 1024, { min: 1 }),
  MAX_REQUESTS_AT_ONCE: whole(500, { min: 1 }),
  RATE_LIMIT_PER_MINUTE: wish,
  MAX_OPEN_JOBS_PER_CLIENT: wish,
  ALLOWED_PRIVATE_HOSTS: list,
  WEBHOOK_SIGNING_SECRET: list.pipe(
    z.array(
      z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, {
        error:
          'must be whsec_ and at least 24 bytes in base64, as `echo "whsec_$(openssl rand -base64 32)"` draws them',
      }),
    ),
  ),

  REPLICATE_API_KEY: text,
  REPLICATE_BASE_URL: httpUrl,
  REPLICATE_WEBHOOK_URL: httpUrl,
  REPLICATE_WEBHOOK_SIGNING_SECRET: list,
  XAI_API_KEY: text,
  XAI_BASE_URL: httpUrl,
  XAI_MODEL: z.preprocess(blankIsUnset, z.string().default('grok-4-fast-non-reasoning')),
  VIDEO_GENERATION_MODEL: z.preprocess(blankIsUnset, z.string().default('veo3')),
  MUSIC_MODEL: z.preprocess(
    blankIsUnset,
    z.string().default('meta/musicgen:671ac645ce5e552cc63a54a2bbff63fcf798043055d2dac5fc9e36a837eedcfb'),
  ),
  VOICE_MODEL: z.preprocess(blankIsUnset, z.string().default(USUAL_VOICE_MODEL)),
  ASSET_DELIVERY: z.preprocess(blankIsUnset, z.enum(['url', 'upload']).optional()),

  AUTO_GENERATE_AUDIO: flag(false),
  AUDIO_MERGE_WITH_VIDEO: flag(true),
  AUDIO_SYNC_MODE: choice(['trim', 'stretch', 'compress'], 'trim'),
  AUDIO_ERROR_STRATEGY: choice(['continue_with_silence', 'halt'], 'continue_with_silence'),
  AUDIO_FAIL_ON_ERROR: flag(false),
  AUDIO_SEGMENT_TTL: number(30 * 60, { min: 1 }),

  STORYBOARD_TIMEOUT: number(60),
  APPROVAL_TIMEOUT: z.preprocess(blankIsUnset, z.coerce.number().positive().optional()),
  MAX_JOB_USD: money,
  DAILY_BUDGET_USD: money,
  MAX_SCENES: whole(100, { min: 1, max: 500 }),
  MAX_PARALLEL_SCENES: whole(20, { min: 1, max: 500 }),
  PREDICTION_POLL_INTERVAL: z.preprocess(blankIsUnset, z.coerce.number().min(0.05).optional()),
  PREDICTION_TIMEOUT: number(30 * 60, { min: 1 }),
  SUBMIT_TIMEOUT: number(20, { min: 0.1 }),
  // Linux goes on sending what an abandoned connection still held, for up to a hundred seconds: until then a POST whose
  // answer was lost may still arrive, behind a network that was cut.
  SUBMIT_SETTLE: number(120),
  WORKER_METRICS_PORT: z.preprocess(blankIsUnset, z.coerce.number().int().min(0).max(65535).optional()),
  WORKER_METRICS_HOST: z.preprocess(blankIsUnset, z.string().default('127.0.0.1')),
  // These are OpenTelemetry's own; the rest of them it reads by itself.
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl,
  OTEL_EXPORTER_OTLP_PROTOCOL: choice(['http/protobuf', 'http/json'], 'http/protobuf'),
  OTEL_TRACES_EXPORTER: choice(['otlp', 'none'], 'otlp'),
  OTEL_SDK_DISABLED: flag(false),
  SHUTDOWN_DRAIN: z.preprocess(blankIsUnset, z.coerce.number().min(0).max(300).optional()),
})

/** The names of all variables that are read here. */
export const VARIABLES: readonly string[] = Environment.keyof().options

export type Config = ReturnType<typeof readConfig>

/**
 * Reads and checks the environment.
 * @param env variables by name, as in `process.env`; durations are in seconds, sizes in bytes
 * @throws Error that names every variable that is wrong, and why
 */
export function readConfig(env: Record<string, string | undefined>) {
  const parsed = Environment.safeParse(env)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`The environment has settings that can't be used:\n  ${problems.join('\n  ')}`)
  }
  const e = parsed.data
  if (e.REPLICATE_WEBHOOK_URL?.startsWith('http:') && !isLoopbackUrl(e.REPLICATE_WEBHOOK_URL)) {
    throw new Error('REPLICATE_WEBHOOK_URL may be http: only when it names loopback; use an https: URL.')
  }
  if (e.ASSET_DELIVERY === 'url' && !e.PUBLIC_BASE_URL) {
    throw new Error(
      'ASSET_DELIVERY is url but PUBLIC_BASE_URL is unset: name where the provider can reach this server.',
    )
  }
  if (e.BLOB_REDIRECTS && !e.BLOB_STORE_URL) {
    throw new Error('BLOB_REDIRECTS is on but BLOB_STORE_URL is unset: files on this disk have no other address.')
  }
  const dataDir = path.resolve(e.DATA_DIR)
  const databasePath = path.resolve(e.DATABASE_PATH ?? path.join(dataDir, 'greenlight.db'))
  return {
    http: {
      port: e.PORT,
      host: e.HOST,
      publicBaseUrl: e.PUBLIC_BASE_URL,
      authKeys: e.API_AUTH_KEY,
      corsOrigins: e.CORS_ORIGINS,
      maxUploadBytes: e.MAX_UPLOAD_BYTES,
      /** More than these, until their answers begin, are refused. */
      requestsAtOnce: e.MAX_REQUESTS_AT_ONCE,
      /** Of each key; null for no limit. */
      requestsPerMinute: e.RATE_LIMIT_PER_MINUTE ?? null,
      /** How long /readyz is red before the port closes; on loopback nobody balances who would have to notice. */
      drainSeconds: e.SHUTDOWN_DRAIN ?? (LOOPBACK.includes(e.HOST) ? 0 : 5),
    },
    /** Where a worker's figures are served to Prometheus; null for nowhere. */
    workerMetrics:
      e.WORKER_METRICS_PORT === undefined ? null : { port: e.WORKER_METRICS_PORT, host: e.WORKER_METRICS_HOST },
    /** How traces are exported; null where none are made. */
    tracing: isTraced(e) ? { protocol: e.OTEL_EXPORTER_OTLP_PROTOCOL } : null,
    dataDir,
    databasePath,
    /** Where the rows are: PostgreSQL, or the file at `databasePath`. */
    database: e.DATABASE_URL ? { url: e.DATABASE_URL, poolSize: e.DATABASE_POOL_SIZE } : databasePath,
    blobs: {
      /** Unset: files in the data folder. */
      s3: e.BLOB_STORE_URL,
      /** How much of a bucket's blobs is kept on the local disk. */
      cacheBytes: e.BLOB_CACHE_BYTES,
      /** Whether downloads are sent to S3, by a URL that opens one blob for a while. */
      redirects: e.BLOB_REDIRECTS,
    },
    /** Where Temporal's UI is, for links to it; unset: that of the embedded server, where that runs. */
    temporalUiUrl: e.TEMPORAL_UI_URL,
    /** host:port that URLs of users may reach although private; what the providers return is fetched elsewhere. */
    allowedPrivateHosts: e.ALLOWED_PRIVATE_HOSTS,
    /** What outgoing webhooks are signed with, each with all of them; none: one that is drawn once and kept with the rows. */
    webhookSigningSecrets: e.WEBHOOK_SIGNING_SECRET,
    replicate: {
      apiKey: e.REPLICATE_API_KEY,
      baseUrl: e.REPLICATE_BASE_URL ?? 'https://api.replicate.com/v1',
      webhookUrl: e.REPLICATE_WEBHOOK_URL,
      /** Any of them makes a webhook genuine; none: the provider is asked for it. */
      webhookSigningSecrets: e.REPLICATE_WEBHOOK_SIGNING_SECRET,
    },
    xai: { apiKey: e.XAI_API_KEY, baseUrl: e.XAI_BASE_URL ?? 'https://api.x.ai/v1', model: e.XAI_MODEL },
    videoModel: e.VIDEO_GENERATION_MODEL,
    musicModel: e.MUSIC_MODEL,
    voiceModel: e.VOICE_MODEL,
    assetDelivery: e.ASSET_DELIVERY ?? (e.PUBLIC_BASE_URL ? ('url' as const) : ('upload' as const)),
    audio: {
      auto: e.AUTO_GENERATE_AUDIO,
      merge: e.AUDIO_MERGE_WITH_VIDEO,
      syncMode: e.AUDIO_SYNC_MODE as 'trim' | 'stretch' | 'compress',
      errorStrategy: e.AUDIO_ERROR_STRATEGY as 'continue_with_silence' | 'halt',
      failOnError: e.AUDIO_FAIL_ON_ERROR,
      segmentTtlSeconds: e.AUDIO_SEGMENT_TTL,
    },
    storyboardTimeoutSeconds: e.STORYBOARD_TIMEOUT,
    /** After this a job that nobody decided about is rejected; null for never. */
    approvalTimeoutSeconds: e.APPROVAL_TIMEOUT ?? null,
    /** Jobs of a client that have not ended; null for no limit. */
    maxOpenJobs: e.MAX_OPEN_JOBS_PER_CLIENT ?? null,
    /** What may be spent, in micro-USD: on a job, and on all jobs from midnight to midnight (UTC); null for no limit. */
    budgets: { jobMicroUsd: microUsd(e.MAX_JOB_USD), dayMicroUsd: microUsd(e.DAILY_BUDGET_USD) },
    maxScenes: e.MAX_SCENES,
    maxParallelScenes: e.MAX_PARALLEL_SCENES,
    predictions: {
      /** How often a running prediction is looked at; with webhooks polling is only the backstop. */
      pollSeconds: e.PREDICTION_POLL_INTERVAL ?? (e.REPLICATE_WEBHOOK_URL ? 30 : 3),
      /** After this a prediction counts as hung. */
      timeoutSeconds: e.PREDICTION_TIMEOUT,
      /** The POST's own deadline. */
      submitTimeoutSeconds: e.SUBMIT_TIMEOUT,
      /** How long after that deadline a stalled POST may still arrive at the provider. */
      settleSeconds: e.SUBMIT_SETTLE,
    },
  }
}

const microUsd = (usd: number | undefined) => (usd === undefined ? null : Math.round(usd * 1_000_000))

function isTraced(e: z.infer<typeof Environment>): boolean {
  if (e.OTEL_SDK_DISABLED || e.OTEL_TRACES_EXPORTER === 'none') return false
  return Boolean(e.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? e.OTEL_EXPORTER_OTLP_ENDPOINT)
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1', '[::1]']

function isLoopbackUrl(url: string): boolean {
  return LOOPBACK.includes(new URL(url).hostname)
}
