/** Makes a value fit the JSON schema that a request asks for, as a model with structured outputs always does. */

type Schema = Record<string, unknown>

/** @param root where `$ref`s lead: the whole schema */
export function conform(value: unknown, schema: Schema, root: Schema = schema): unknown {
  const resolved = resolve(schema, root)
  if (Array.isArray(resolved.enum)) return resolved.enum.includes(value) ? value : resolved.enum[0]
  if ('const' in resolved) return resolved.const
  switch (typeOf(resolved, value)) {
    case 'object':
      return conformObject(value, resolved, root)
    case 'array':
      return conformArray(value, resolved, root)
    case 'string':
      return cut(typeof value === 'string' ? value : value === undefined ? '' : String(value), resolved)
    case 'integer':
      return within(Math.round(Number(value) || 0), resolved)
    case 'number':
      return within(Number(value) || 0, resolved)
    case 'boolean':
      return value === true
    case 'null':
      return null
    default:
      return value ?? null
  }
}

function resolve(schema: Schema, root: Schema): Schema {
  if (typeof schema.$ref === 'string') {
    const steps = schema.$ref.replace(/^#\/?/, '').split('/').filter(Boolean)
    const found = steps.reduce<unknown>((at, step) => (at as Schema | undefined)?.[step], root)
    return resolve((found ?? {}) as Schema, root)
  }
  const choices = schema.anyOf ?? schema.oneOf
  return Array.isArray(choices) ? resolve(choices[0] as Schema, root) : schema
}

/** Where a schema allows null beside another type, the other type is taken unless the value is null. */
function typeOf({ type }: Schema, value: unknown): unknown {
  if (!Array.isArray(type)) return type
  return value === null && type.includes('null') ? 'null' : type.find((each) => each !== 'null')
}

function conformObject(value: unknown, schema: Schema, root: Schema): Schema {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Schema
  const properties = (schema.properties ?? {}) as Record<string, Schema>
  const required = Array.isArray(schema.required) ? schema.required : Object.keys(properties)
  const result: Schema = schema.additionalProperties === false ? {} : { ...given }
  for (const [name, property] of Object.entries(properties)) {
    if (name in given || required.includes(name)) result[name] = conform(given[name], property, root)
  }
  return result
}

function conformArray(value: unknown, schema: Schema, root: Schema): unknown[] {
  const items = (schema.items ?? {}) as Schema
  const prefix = (schema.prefixItems ?? []) as Schema[]
  const given = Array.isArray(value) ? value.slice(0, Number(schema.maxItems ?? Number.POSITIVE_INFINITY)) : []
  const missing = Math.max(0, Number(schema.minItems ?? 0) - given.length)
  return [...given, ...Array(missing).fill(given.at(-1))].map((item, index) =>
    conform(item, prefix[index] ?? items, root),
  )
}

function cut(text: string, schema: Schema): string {
  return text.slice(0, Number(schema.maxLength ?? Number.POSITIVE_INFINITY))
}

function within(number: number, schema: Schema): number {
  const least = Number(schema.minimum ?? Number.NEGATIVE_INFINITY)
  const most = Number(schema.maximum ?? Number.POSITIVE_INFINITY)
  return Math.min(most, Math.max(least, number))
}
