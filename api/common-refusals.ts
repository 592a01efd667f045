/** What every route may answer beside what it describes itself: refusals that are made before a route is reached. */
import type { Router } from './router.ts'

type OpenApiDocument = ReturnType<Router['getOpenAPI31Document']>
type PathItem = NonNullable<OpenApiDocument['paths']>[string]
type Operation = NonNullable<PathItem['get']>

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
/** These look at nothing that can be down. */
const WITHOUT_ROWS = /^\/(healthz|api\/docs|api\/docs\/scalar\.js)$/

/** Adds them to every operation that does not describe them. */
export function withCommonRefusals(document: OpenApiDocument): OpenApiDocument {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method]
      if (operation) operation.responses = { ...refusals(path, method, operation), ...operation.responses }
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
  const described: [status: number, applies: boolean, description: string, schemas: string[]][] = [
    [400, takesJson, 'The body is not JSON', [own]],
    [401, !isOpen, 'The key is missing or wrong', ['Error']],
    [403, !isOpen || changes, forbidden(isOpen, changes), isOpen ? ['Error'] : [...new Set(['Error', own])]],
    [413, takesJson, 'The body is larger than what is taken', [own]],
    [503, !WITHOUT_ROWS.test(path), 'Something that it needs is down; Retry-After says when to come back', [own]],
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

const RETRY_AFTER = {
  headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' as const } } },
}
