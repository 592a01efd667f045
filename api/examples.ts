/** The examples of the OpenAPI document: each body's is composed of those of its fields, so none is written twice. */
import type { Router } from './router.ts'

type OpenApiDocument = ReturnType<Router['getOpenAPI31Document']>
/** Of a JSON schema what is looked at here. */
export interface Schema {
  $ref?: string
  example?: unknown
  const?: unknown
  enum?: unknown[]
  default?: unknown
  type?: string | string[]
  properties?: Record<string, Schema>
  items?: Schema
  allOf?: Schema[]
  anyOf?: Schema[]
}

interface Media {
  schema?: Schema
  example?: unknown
}

/** Gives every body of JSON or of a form its example; one that has its own keeps it. */
export function withExamples(document: OpenApiDocument): OpenApiDocument {
  const components = (document.components?.schemas ?? {}) as Record<string, Schema>
  for (const media of bodiesOf(document)) media.example ??= exampleOf(media.schema ?? {}, components)
  return document
}

function bodiesOf(document: OpenApiDocument): Media[] {
  const operations = Object.values(document.paths ?? {}).flatMap((item) => [
    ...[item.get, item.post, item.put, item.patch, item.delete].flatMap((operation) => operation ?? []),
  ])
  const described = operations.flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses ?? {})])
  return described
    .flatMap((body) => Object.entries<Media>((body as { content?: Record<string, Media> } | undefined)?.content ?? {}))
    .filter(([type]) => type === 'application/json' || type === 'multipart/form-data')
    .map(([, media]) => media)
}

/** Undefined where something in it has none: the tests name that. */
export function exampleOf(schema: Schema, components: Record<string, Schema>): unknown {
  const of = (part: Schema) => exampleOf(part, components)
  if (schema.example !== undefined) return schema.example
  if (schema.$ref) return of(components[schema.$ref.replace('#/components/schemas/', '')] ?? {})
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.default !== undefined) return schema.default
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(of))
  if (schema.anyOf) return schema.anyOf.map(of).find((example) => example !== undefined)
  if (schema.items) return [of(schema.items)]
  if (!schema.properties) return undefined
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, of(field)])
  return Object.fromEntries(fields.filter(([, example]) => example !== undefined))
}
