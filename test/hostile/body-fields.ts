/** Reads from an OpenAPI document which fields the JSON bodies have, at every depth. */

export interface Schema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
}

interface Operation {
  requestBody?: { content?: Record<string, { schema?: Schema }> }
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

export interface BodyField {
  method: string
  /** With its parameters in braces. */
  route: string
  /** From the body down; a number is a place in a list. */
  path: (string | number)[]
  /** The types that its schema allows; empty when it allows any. */
  types: string[]
  required: boolean
}

export function bodyFields(document: OpenApi): BodyField[] {
  const resolve = (schema: Schema): Schema => {
    const named = schema.$ref && document.components.schemas[schema.$ref.split('/').at(-1) ?? '']
    return named ? resolve(named) : schema
  }
  const below = (schema: Schema, path: BodyField['path']): Omit<BodyField, 'method' | 'route'>[] => {
    const { properties = {}, required = [], items } = resolve(schema)
    const fields = Object.entries(properties).flatMap(([name, property]) => {
      const here = { path: [...path, name], types: typesOf(resolve(property)), required: required.includes(name) }
      return [here, ...below(property, here.path)]
    })
    // An item that may be of several kinds is judged by the route, one by one.
    if (!items || resolve(items).anyOf) return fields
    const item = { path: [...path, 0], types: typesOf(resolve(items)), required: true }
    return [...fields, item, ...below(items, item.path)]
  }
  return Object.entries(document.paths).flatMap(([route, item]) =>
    Object.entries(item).flatMap(([method, { requestBody }]) => {
      const schema = requestBody?.content?.['application/json']?.schema
      return schema ? below(schema, []).map((field) => ({ method: method.toUpperCase(), route, ...field })) : []
    }),
  )
}

function typesOf({ type, anyOf }: Schema): string[] {
  if (anyOf) return anyOf.flatMap(typesOf)
  return [type ?? []].flat().map((one) => (one === 'integer' ? 'number' : one))
}
