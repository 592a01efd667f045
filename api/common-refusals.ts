/** What every route may answer beside what it describes itself: refusals that are made before a route is reached. */
import type { Router } from './router.ts'

type OpenApiDocument = ReturnType<Router['getOpenAPI31Document']>
type PathItem = NonNullable<OpenApiDocument['paths']>[string]
type Operation = NonNullable<PathItem['get']>

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
/** These look at nothing that can be down. */
const WITHOUT_ROWS = /^get \/(healthz|api\/docs|api\/docs\/scalar\.js)$|^delete \/api\/v3\/session$/
/** These may be sent again safely (idempotency/index.ts). */
const REPEATABLE = /^post \/api\/v3\/(?!session$)/

/** Adds them to every operation that does not describe them, and the header that makes a repeat safe. */
export function withCommonRefusals(document: OpenApiDocument): OpenApiDocument {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method]
      if (!operation) continue
      operation.responses = { ...refusals(path, method, operation), ...operation.responses }
      if (REPEATABLE.test(`${method} ${path}`)) {
        operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY]
      }
    }
  }
  return document
}

function refusals(path: string, method: string, { security, requestBody }: Operation) {
  const isCoded = /^\/api\/v3\/(clients|campaigns)(\/|$)/.test(path)
  const own = isCoded ? 'CodedError' : 'Error'
  const isOpen = security?.length === 0
  const changes = method !== 'get'
  const sent: Record<string, unknown> = requestBody && 'content' in requestBody ? requestBody.content : {}
  const takesJson = 'application/json' in sent
  const isRepeatable = REPEATABLE.test(`${method} ${path}`)
  const described: [status: number, applies: boolean, description: string, schemas: string[]][] = [
    [400, takesJson, 'The body is not JSON', [own]],
    [400, !takesJson && isRepeatable, 'The Idempotency-Key is no key', [own]],
    [401, !isOpen, 'The key is missing or wrong', ['Error']],
    [403, !isOpen || changes, forbidden(isOpen, changes), isOpen ? ['Error'] : [...new Set(['Error', own])]],
    [409, isRepeatable, 'The request with this Idempotency-Key is still being worked on', [own]],
    [413, takesJson, 'The body is larger than what is taken', [own]],
    [422, isRepeatable, 'The Idempotency-Key was used with another request', [own]],
    [
      503,
      !WITHOUT_ROWS.test(`${method} ${path}`),
      'Something that it needs is down; Retry-After says when to come back',
      [own],
    ],
  ]
  const applying = described.filter(([, applies]) => applies)
  return Object.fromEntries(
    applying.map(([status, , description, names]) => [
      status,
      { description, content: { 'application/json': { schema: oneOf(names) } }, ...(status === 503 && RETRY_AFTER) },
    ]),
  )
}

function forbidden(isOpen: boolean, changes: boolean): string {
  const reasons = [
    ...(isOpen
      ? []
      : ["The key's role, or its client, does not reach this; or there are no keys and the Host is foreign"]),
    ...(changes ? ['the Origin is not allowed'] : []),
  ]
  return reasons.join('; or ').replace(/^t/, 'T')
}

function oneOf(names: string[]) {
  const [only, ...others] = names.map((name) => ({ $ref: `#/components/schemas/${name}` }))
  return others.length === 0 && only ? only : { anyOf: [only, ...others].filter((schema) => schema !== undefined) }
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  description: 'Sent again with the same key and body within 24 hours, the request has one effect and one answer',
  schema: { type: 'string' as const, pattern: '^[!-~]{1,255}$' },
}
const RETRY_AFTER = {
  headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' as const } } },
}
