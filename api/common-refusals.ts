/** What every route may answer beside what it describes itself: refusals that are made before a route is reached. */
import { listedPermission } from './auth/permissions.ts'
import { usualCode } from './errors.ts'
import { idempotencyKeyHeader, isRepeatable } from './idempotency/index.ts'
import type { Router } from './router.ts'

type OpenApiDocument = ReturnType<Router['getOpenAPI31Document']>
type PathItem = NonNullable<OpenApiDocument['paths']>[string]
type Operation = NonNullable<PathItem['get']>
type Responses = NonNullable<Operation['responses']>

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
/** These look at nothing that can be down. */
const WITHOUT_ROWS =
  /^get \/(healthz|api\/docs|api\/docs\/scalar\.js|api\/openapi(\.json)?)$|^delete \/api\/v3\/session$/

/** Adds them, and the headers that all have, to every operation; what it describes itself stays. */
export function withCommonRefusals(document: OpenApiDocument): OpenApiDocument {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method]
      if (!operation) continue
      operation.responses = withHeaders({ ...refusals(path, method, operation), ...operation.responses })
      if (isRepeatable(method, path)) operation.parameters = [...(operation.parameters ?? []), idempotencyKeyHeader]
    }
  }
  return document
}

interface Described {
  applies: boolean
  description: string
  /** What `error` says, when it is not the description. */
  error?: string
  /** Whose form it has: of everything (plain), of the path, or of either. */
  form?: 'plain' | 'either'
}

function refusals(path: string, method: string, { security, requestBody }: Operation): Responses {
  const isCoded = /^\/api\/v3\/(clients|campaigns)(\/|$)/.test(path)
  const isOpen = security?.length === 0
  const changes = method !== 'get'
  const repeatable = isRepeatable(method, path)
  const sent: Record<string, unknown> = requestBody && 'content' in requestBody ? requestBody.content : {}
  const takesJson = 'application/json' in sent
  const role = listedPermission(method.toUpperCase(), path.replace(/[{}]/g, ''))?.role ?? 'operator'
  const described: Record<number, Described> = {
    400: {
      applies: takesJson || repeatable,
      description: takesJson ? 'The body is not JSON' : 'The Idempotency-Key is malformed',
      error: takesJson ? 'The body is not valid JSON' : undefined,
    },
    401: {
      applies: !isOpen,
      description: 'The key is missing or wrong',
      error: 'missing or invalid x-api-key header',
      form: 'plain',
    },
    403: {
      applies: !isOpen || changes,
      description: isOpen ? 'The Origin is not allowed' : forbidden(role, changes),
      error: isOpen
        ? 'Requests from https://elsewhere.example are refused: list it in CORS_ORIGINS to allow it'
        : 'This takes another key',
      form: isOpen ? 'plain' : 'either',
    },
    409: { applies: repeatable, description: 'The request with this Idempotency-Key is still being worked on' },
    413: { applies: takesJson, description: 'The body is larger than what is taken' },
    422: { applies: repeatable, description: 'This Idempotency-Key was used with another request' },
    429: {
      applies: !isOpen,
      description: 'More than this key or client may ask for (docs/operations.md); Retry-After says when to come back',
      error:
        'web has made 600 requests within a minute, which is the limit here (RATE_LIMIT_PER_MINUTE). Come back in 12 s.',
    },
    503: {
      applies: !WITHOUT_ROWS.test(`${method} ${path}`),
      description: 'Something that it needs is down; Retry-After says when to come back',
      error: "The database can't be reached right now. Try again in a few seconds.",
    },
  }
  const applying = Object.entries(described).filter(([, { applies }]) => applies)
  return Object.fromEntries(applying.map(([status, refusal]) => [status, response(Number(status), refusal, isCoded)]))
}

function response(status: number, { description, error = description, form }: Described, isCoded: boolean) {
  const own = isCoded && form !== 'plain' ? 'CodedError' : 'Error'
  const names = form === 'either' && isCoded ? ['Error', 'CodedError'] : [own]
  const example = own === 'Error' ? { error } : { error: { message: error, code: usualCode(status) } }
  const headers = status === 503 || status === 429 ? { headers: RETRY_AFTER } : {}
  return { description, content: { 'application/json': { schema: oneOf(names), example } }, ...headers }
}

function forbidden(role: string, changes: boolean): string {
  const article = /^[aeiou]/.test(role) ? 'an' : 'a'
  const reasons = [
    `The key is not one of ${article} ${role}, or of another client`,
    'there are no keys and the Host is foreign',
    ...(changes ? ['the Origin is not allowed'] : []),
  ]
  return reasons.join('; or ')
}

function oneOf(names: string[]) {
  const [only, ...others] = names.map((name) => ({ $ref: `#/components/schemas/${name}` }))
  return others.length === 0 && only ? only : { anyOf: [only, ...others].filter((schema) => schema !== undefined) }
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds', required: true, schema: { type: 'integer' as const }, example: 5 },
}
const REQUEST_ID = {
  'X-Request-Id': {
    description: 'What the log calls this request: the one that was sent, else a new one',
    required: true,
    schema: { type: 'string' as const },
    example: '5f0c3e1d-8a44-4f4b-b0a9-2f6f1f0f7c21',
  },
}

function withHeaders(responses: Responses): Responses {
  return Object.fromEntries(
    Object.entries(responses).map(([status, described]) => [
      status,
      { ...described, headers: { ...REQUEST_ID, ...described.headers } },
    ]),
  )
}
