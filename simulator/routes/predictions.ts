/** Creating, reading, listing and canceling predictions. */

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Env, Simulation } from '../context.ts'
import { findModel, invalidFields, type Model, modelOfVersion, withDefaults } from '../models.ts'
import { type Cursor, isFinal, type Prediction, WEBHOOK_EVENTS, type WebhookEvent } from '../predictions.ts'
import { present, presentInList } from '../present.ts'
import { type InvalidField, invalidInput, invalidVersion, notFound, Problem, throttled } from '../problems.ts'
import { speechSeconds } from '../speech.ts'

const MAX_WAIT_SECONDS = 60
const MIN_CANCEL_AFTER_SECONDS = 5
const MINUTE_MS = 60_000

export function predictionRoutes(simulation: Simulation): Hono<Env> {
  const { store, runner, settings, ownUrl } = simulation
  const routes = new Hono<Env>()
  const show = (prediction: Prediction) => present(prediction, ownUrl, settings.outputTtlMs)

  const find = (id: string): Prediction => {
    const prediction = store.get(id)
    if (!prediction) throw notFound()
    return prediction
  }

  async function answer(c: Context<Env>, prediction: Prediction): Promise<Response> {
    const seconds = waitSeconds(c.req.header('prefer'))
    if (seconds === null) return c.json(show(prediction), 201)
    await runner.waitFor(prediction, seconds * 1000)
    if (isFinal(prediction.status)) return c.json(show(prediction), 201)
    // A wait that ran out shows the prediction as starting: the client then goes on to poll.
    return c.json({ ...show(prediction), status: 'starting' }, 202)
  }

  routes.post('/models/:owner/:name/predictions', async (c) => {
    const model = findModel(`${c.req.param('owner')}/${c.req.param('name')}`)
    if (!model || model.version !== null) throw notFound()
    return answer(c, await create(c, simulation, model, []))
  })

  routes.post('/predictions', async (c) => {
    const { version } = (await bodyOf(c)) as { version?: unknown }
    if (version === undefined) throw invalidInput([required('version')])
    const model = modelOfVersion(String(version))
    if (!model) throw invalidVersion()
    return answer(c, await create(c, simulation, model, ['version']))
  })

  routes.get('/predictions', (c) => {
    const after = dateOf(c.req.query('created_after'), 'created_after') ?? Number.NEGATIVE_INFINITY
    const before = dateOf(c.req.query('created_before'), 'created_before') ?? Number.POSITIVE_INFINITY
    const page = store.page({ after, before }, readCursor(c.req.query('cursor')))
    const link = (cursor: Cursor | null): string | null => {
      if (!cursor) return null
      const url = new URL(`${ownUrl}/v1/predictions`)
      for (const name of ['created_after', 'created_before']) {
        const value = c.req.query(name)
        if (value !== undefined) url.searchParams.set(name, value)
      }
      url.searchParams.set('cursor', Buffer.from(JSON.stringify(cursor)).toString('base64url'))
      return url.href
    }
    return c.json({
      previous: link(page.previous),
      next: link(page.next),
      results: page.items.map((prediction) => presentInList(prediction, ownUrl, settings.outputTtlMs)),
    })
  })

  routes.get('/predictions/:id', (c) => c.json(show(find(c.req.param('id')))))

  routes.post('/predictions/:id/cancel', (c) => {
    const prediction = find(c.req.param('id'))
    runner.cancel(prediction)
    return c.json(show(prediction))
  })

  return routes
}

const CursorSchema = z.object({ direction: z.enum(['next', 'previous']), number: z.number() })

function readCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null
  try {
    return CursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch {
    throw new Problem(400, { detail: 'Invalid cursor' })
  }
}

async function create(
  c: Context<Env>,
  { store, runner, faults, creates, settings }: Simulation,
  model: Model,
  alsoAllowed: string[],
): Promise<Prediction> {
  const body = await bodyOf(c)
  const problems = bodyProblems(body, alsoAllowed)
  if (problems.length > 0) throw invalidInput(problems)
  const input = body.input as Prediction['input']
  const wrong = invalidFields(model, input)
  if (wrong.length > 0) throw invalidInput(wrong)
  const now = Date.now()
  refuseTooMany({ store, creates }, settings.createsPerMinute, now)
  const cancelAfter = cancelAfterSeconds(c.req.header('cancel-after'))
  const prediction = store.create({
    model: model.name,
    version: model.version ?? 'hidden',
    input,
    status: 'starting',
    created_at: new Date(now).toISOString(),
    started_at: null,
    completed_at: null,
    deadline: cancelAfter === null ? null : new Date(now + cancelAfter * 1000).toISOString(),
    error: null,
    logs: '',
    output: null,
    webhook: typeof body.webhook === 'string' ? body.webhook : null,
    webhook_events: (body.webhook_events_filter as WebhookEvent[] | undefined) ?? ['output', 'completed'],
    faults: faults.forPrediction(c.get('subject')),
    seconds: model.kind === 'voice' ? speechSeconds(String(input.prompt)) : Number(withDefaults(model, input).duration),
    billed: false,
    price_usd: 0,
  })
  runner.start(prediction)
  return prediction
}

function refuseTooMany(
  { store, creates }: Pick<Simulation, 'store' | 'creates'>,
  perMinute: number,
  now: number,
): void {
  if (perMinute === Number.POSITIVE_INFINITY) return
  const [oldest, ...others] = store.all().filter(({ created_at }) => Date.parse(created_at) > now - MINUTE_MS)
  if (!oldest || others.length + 1 < perMinute) return
  creates.noteOverLimit()
  throw throttled(Math.ceil((Date.parse(oldest.created_at) + MINUTE_MS - now) / 1000))
}

async function bodyOf(c: Context<Env>): Promise<Record<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => null)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, { title: 'Bad request', detail: 'The request body is not a JSON object' })
  }
  return body as Record<string, unknown>
}

function bodyProblems(body: Record<string, unknown>, alsoAllowed: string[]): InvalidField[] {
  const allowed = ['input', 'stream', 'webhook', 'webhook_events_filter', ...alsoAllowed]
  const problems: InvalidField[] = []
  if (body.input === undefined) problems.push(required('input'))
  else if (typeof body.input !== 'object' || body.input === null || Array.isArray(body.input)) {
    problems.push({ type: 'invalid_type', field: 'input', description: 'Invalid type. Expected: object' })
  }
  for (const name of Object.keys(body).filter((key) => !allowed.includes(key))) {
    const description = `Additional property ${name} is not allowed`
    problems.push({ type: 'additional_property_not_allowed', field: '', description })
  }
  if (body.webhook !== undefined && !/^https?:/.test(String(body.webhook))) {
    problems.push({ type: 'format', field: 'webhook', description: "Does not match format 'uri'" })
  }
  const filter = body.webhook_events_filter
  const known: readonly unknown[] = WEBHOOK_EVENTS
  if (filter !== undefined && !(Array.isArray(filter) && filter.every((event) => known.includes(event)))) {
    const description = `webhook_events_filter must be of the following: ${WEBHOOK_EVENTS.join(', ')}`
    problems.push({ type: 'enum', field: 'webhook_events_filter', description })
  }
  return problems
}

function required(name: string): InvalidField {
  return { type: 'required', field: '', description: `${name} is required` }
}

/** Milliseconds since 1970. */
function dateOf(text: string | undefined, name: string): number | null {
  if (text === undefined) return null
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new Problem(400, { detail: `${name} is not a date-time in ISO 8601 format` })
  return time
}

/** `wait` means as long as is allowed. */
function waitSeconds(prefer: string | undefined): number | null {
  const match = /^wait(?:=(\d+))?$/.exec(prefer ?? '')
  if (!match) return null
  return Math.min(MAX_WAIT_SECONDS, Math.max(1, Number(match[1] ?? MAX_WAIT_SECONDS)))
}

/** `90`, `90s`, `5m`, `1h30m45s`. */
function cancelAfterSeconds(header: string | undefined): number | null {
  if (header === undefined) return null
  const match = /^(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/.exec(header.trim())
  const [hours, minutes, seconds] = [1, 2, 3].map((group) => Number(match?.[group] ?? 0))
  const total = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)
  if (!match || total < MIN_CANCEL_AFTER_SECONDS) {
    throw new Problem(400, { detail: `Cancel-After must be a duration of at least ${MIN_CANCEL_AFTER_SECONDS}s` })
  }
  return total
}
