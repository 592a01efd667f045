/** Predictions bought from Replicate, through its own client (which must never repeat a purchase: see fetch-once.ts). */
import Replicate from 'replicate'
import { z } from 'zod'
import { download } from './download.ts'
import { type Ask, failureOf, mayHaveArrived, missingKey, scrub, type Vendor } from './failures.ts'
import { fetchOnce, troubleOf } from './fetch-once.ts'
import { type CreateOutcome, type PredictionProvider, ProviderError, type ProviderPrediction } from './ports.ts'

/** Below this Replicate refuses the Cancel-After header. */
const SHORTEST_CANCEL_AFTER_SECONDS = 5

/** What is read of a prediction; lenient, because an id that we fail to read is a purchase that we lose sight of. */
const Prediction = z.object({
  id: z.string().min(1),
  status: z.string().catch('starting'),
  output: z.unknown(),
  error: z.unknown(),
  created_at: z
    .string()
    .pipe(z.coerce.date())
    .catch(() => new Date()),
  input: z.record(z.string(), z.unknown()).catch({}),
})
const Page = z.object({ next: z.string().nullish(), results: z.array(Prediction) })

/** Seconds. `request` is for everything small, `stall` for a download's silence. */
interface Timeouts {
  request: number
  upload: number
  stall: number
}

/**
 * Makes the provider. Without a key it can be made, and every call fails with a sentence that names REPLICATE_API_KEY.
 * @param baseUrl such as https://api.replicate.com/v1
 */
export function createReplicate({
  apiKey,
  baseUrl,
  timeouts = { request: 30, upload: 300, stall: 60 },
}: {
  apiKey: string | undefined
  baseUrl: string
  timeouts?: Timeouts
}): PredictionProvider {
  const api = new URL(baseUrl)
  const vendor: Vendor = {
    name: 'Replicate',
    keyVariable: 'REPLICATE_API_KEY',
    urlVariable: 'REPLICATE_BASE_URL',
    billing: 'https://replicate.com/account/billing',
    key: apiKey,
  }

  const clientFor = (exchange: Parameters<typeof fetchOnce>[0]) => {
    // The client would otherwise look for a key in the environment.
    if (!apiKey) throw new ProviderError(missingKey(vendor))
    return new Replicate({ auth: apiKey, baseUrl, fetch: fetchOnce(exchange), userAgent: 'greenlight' })
  }

  /** One exchange that is safe to repeat: its failures are thrown, and whoever called decides. */
  async function ask<T>(
    what: Ask,
    exchange: { timeoutSeconds: number; signal?: AbortSignal },
    request: (client: Replicate) => Promise<T>,
  ): Promise<T> {
    try {
      return await request(clientFor(exchange))
    } catch (error) {
      exchange.signal?.throwIfAborted()
      const trouble =
        error instanceof z.ZodError
          ? ({ kind: 'lost', reason: 'its answer has another form' } as const)
          : troubleOf(error)
      throw trouble ? new ProviderError(failureOf(vendor, trouble, what)) : error
    }
  }

  const toPrediction = (answer: z.infer<typeof Prediction>): ProviderPrediction => ({
    id: answer.id,
    status: STATUS[answer.status] ?? 'running',
    outputUrl: firstUrl(answer.output),
    error: answer.error ? scrub(asText(answer.error), apiKey) : null,
    createdAt: answer.created_at,
    input: answer.input,
  })

  return {
    async create({ model, input, webhookUrl, cancelAfterSeconds }, { timeoutSeconds, signal }): Promise<CreateOutcome> {
      if (!apiKey) return { kind: 'refused', failure: missingKey(vendor) }
      signal?.throwIfAborted()
      const [official, version] = model.split(':')
      const what = {
        doing: `create a prediction of ${official}`,
        missing: 'Check the name and the version of the model (VIDEO_GENERATION_MODEL, MUSIC_MODEL, VOICE_MODEL).',
      }
      const seconds = Math.max(SHORTEST_CANCEL_AFTER_SECONDS, Math.ceil(cancelAfterSeconds))
      const client = clientFor({ timeoutSeconds, signal, headers: { 'Cancel-After': `${seconds}s` } })
      try {
        const answer = await client.predictions.create({
          // A community model has a version, and no route of its own.
          ...(version ? { version } : { model }),
          input,
          ...(webhookUrl ? { webhook: webhookUrl, webhook_events_filter: ['completed'] } : {}),
        })
        return { kind: 'created', prediction: toPrediction(Prediction.parse(answer)) }
      } catch (error) {
        const trouble = troubleOf(error)
        if (trouble === null && !(error instanceof z.ZodError)) throw error
        if (trouble && !mayHaveArrived(trouble)) return { kind: 'refused', failure: failureOf(vendor, trouble, what) }
        const reason = trouble ? failureOf(vendor, trouble, what).message : 'Replicate’s answer names no prediction.'
        return { kind: 'unknown', reason }
      }
    },

    get(id, { signal } = {}) {
      const what = { doing: `tell about prediction ${id}`, missing: 'It may belong to another account.' }
      return ask(what, { timeoutSeconds: timeouts.request, signal }, async (client) =>
        toPrediction(Prediction.parse(await client.predictions.get(encodeURIComponent(id)))),
      )
    },

    async *list(since, { signal } = {}) {
      const what = { doing: 'list the predictions', missing: 'Check REPLICATE_BASE_URL.' }
      let url: URL | null = new URL(`${baseUrl}/predictions`)
      url.searchParams.set('created_after', since.toISOString())
      const asked = new Set<string>()
      while (url && !asked.has(url.href)) {
        const page: URL = url
        asked.add(page.href)
        const { results, next } = await ask(what, { timeoutSeconds: timeouts.request, signal }, async (client) =>
          Page.parse(await (await client.request(page, { method: 'GET' })).json()),
        )
        const wanted = results.map(toPrediction).filter(({ createdAt }) => createdAt >= since)
        yield* wanted.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
        // Newest first, so behind a page of older ones there are only older ones.
        if (results.length > 0 && wanted.length === 0) return
        url = next ? sameHost(new URL(next, page), api) : null
      }
    },

    async cancel(id, { signal } = {}) {
      const what = { doing: `cancel prediction ${id}`, missing: 'It may belong to another account.' }
      await ask(what, { timeoutSeconds: timeouts.request, signal }, (client) =>
        client.predictions.cancel(encodeURIComponent(id)),
      )
    },

    upload({ bytes, name, contentType }, { signal } = {}) {
      const what = { doing: `store the file ${name}`, missing: 'Check REPLICATE_BASE_URL.' }
      return ask(what, { timeoutSeconds: timeouts.upload, signal }, async (client) => {
        const stored = await client.files.create(new File([bytes], name, { type: contentType }))
        return z.object({ urls: z.object({ get: z.url() }) }).parse(stored).urls.get
      })
    },

    async download(url, { signal } = {}) {
      if (!apiKey) throw new ProviderError(missingKey(vendor))
      return download(url, { vendor, api, stallSeconds: timeouts.stall, signal })
    },

    webhookSecret() {
      const what = { doing: 'tell its webhook secret', missing: 'Set REPLICATE_WEBHOOK_SIGNING_SECRET instead.' }
      return ask(what, { timeoutSeconds: timeouts.request }, async (client) => {
        const secret = await client.webhooks.default.secret.get()
        return z.object({ key: z.string().min(1) }).parse(secret).key
      })
    },
  }
}

/** "aborted" ended before it started; the client's own wait() doesn't know it. What is unknown counts as running. */
const STATUS: Record<string, ProviderPrediction['status']> = {
  starting: 'running',
  processing: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
  aborted: 'canceled',
}

/** Models answer with a URL or with a list of one; null once the provider removed it. */
function firstUrl(output: unknown): string | null {
  const first: unknown = Array.isArray(output) ? output[0] : output
  return typeof first === 'string' && first !== '' ? first : null
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

function sameHost(next: URL, api: URL): URL {
  if (next.origin === api.origin) return next
  throw new ProviderError({
    type: 'ProviderInvalidInput',
    message: `Replicate's list goes on at ${next.host}, which is not asked, because the API key belongs to ${api.host}. Check REPLICATE_BASE_URL.`,
    retryAfterSeconds: null,
  })
}
