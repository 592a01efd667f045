/** Pieces of request schemas: ids, bodies that take both spellings, numbers that may come as strings. */
import { z } from '@hono/zod-openapi'
import type { AsWritten } from './spellings.ts'
import { findUnstorable, isStorable, NOT_STORABLE } from './storable-text.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A path parameter that names a client, campaign, asset or scene; malformed is answered as unknown: "<what> not found". */
export const uuidParam = (what: string) =>
  z
    .string()
    .regex(UUID, { error: `${what} not found` })
    .toLowerCase()
    .openapi({ format: 'uuid' })

/** A path parameter that names a job; malformed is answered as unknown, with the job_id that was asked for. */
export const jobIdParam = z
  .string()
  .refine((id) => /^[1-9]\d{0,9}$/.test(id) && Number(id) <= 0x7fffffff, {
    error: 'Job not found',
    params: { echo: 'job_id' },
  })
  .transform(Number)
  .openapi({ type: 'integer' })

/** A reference in a body. A malformed one names nothing: the look-up says that it is unknown. A blank one is none. */
export const reference = z
  .string({ error: 'must be a string' })
  .trim()
  .toLowerCase()
  .transform((id) => id || null)
  .nullish()
  .openapi({ format: 'uuid' })

/** Text that must be there; null counts as absent. */
export const required = z
  .string({ error: ({ input }) => (input === undefined || input === null ? 'is required' : 'must be a string') })
  .trim()
  .min(1, { error: 'is required' })

/** A name that must be there. */
export const requiredName = required.max(255, { error: 'has more than 255 characters' })

/** Text that may be cleared by null. */
export const text = z.string({ error: 'must be a string' }).nullish()

/** An object with whatever the caller keeps in it; cleared by null. */
export const freeForm = z.record(z.string(), z.unknown(), { error: 'must be an object' }).nullish()

/** A number that may come as a string ("6"); a blank one and null count as absent. */
export const numeric = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value: z.input<T> | string | null) => {
    if (typeof value !== 'string') return value ?? undefined
    return value.trim() === '' ? undefined : Number(value)
  }, schema)

/** A boolean that may come as a string ("true"); a blank one and null count as absent. */
export const boolean = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value: z.input<T> | string | null) => {
    if (typeof value !== 'string') return value ?? undefined
    const word = value.trim().toLowerCase()
    return word === '' ? undefined : word === 'true' ? true : word === 'false' ? false : value
  }, schema)

/** A field of a body that may be absent; null counts as absent. */
export const nullable = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value: z.input<T> | null) => value ?? undefined, schema)

/** A field of a body that null sets back to what holds where nothing was said. What else is wrong, `field` says. */
export const clearable = <T extends z.ZodType>(field: T) =>
  z.union([z.null(), field], {
    error: (issue) => (issue.code === 'invalid_union' && issue.errors.at(-1)?.[0]?.message) || undefined,
  })

/** A query parameter that counts as absent when it is blank. */
export const blankless = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value: z.input<T> | '') => (typeof value === 'string' && value.trim() === '' ? undefined : value),
    schema,
  )

/** A query parameter that filters by an id; a blank one filters nothing, an unknown one finds nothing. */
const idFilter = z
  .string()
  .refine(isStorable, { error: NOT_STORABLE })
  .trim()
  .toLowerCase()
  .transform((id) => id || undefined)
  .optional()
  .openapi({ format: 'uuid' })
const otherSpelling = (name: string) => idFilter.openapi({ description: `The same as ${name}, which wins` })

/** The query parameters that filter by client and by campaign, each in both spellings. */
export const clientFilter = { client_id: idFilter, clientId: otherSpelling('client_id') }
export const campaignFilter = { campaign_id: idFilter, campaignId: otherSpelling('campaign_id') }

/** Whose rows a query with these parameters asks for. */
export function ownerFilter(query: Partial<Record<'client_id' | 'clientId' | 'campaign_id' | 'campaignId', string>>) {
  return { clientId: query.client_id ?? query.clientId, campaignId: query.campaign_id ?? query.campaignId }
}

const count = z
  .number({ error: 'must be a number' })
  .int({ error: 'must be a whole number' })
  .min(0, { error: 'must not be negative' })

/** The query parameters of a list that is served page by page. */
export const paging = {
  limit: numeric(count.default(25).transform((limit) => Math.min(limit, 1000))),
  offset: numeric(count.default(0)),
}

/** The same for a list that is served whole unless a part of it is asked for. */
export const optionalPaging = {
  limit: numeric(count.optional()).openapi({ type: 'integer', description: 'Everything when absent' }),
  offset: paging.offset,
}

/**
 * A JSON body whose fields are taken in both spellings: campaignId is read as campaign_id.
 * @param shape the fields in snake_case; unknown ones are ignored
 * @param aliases further names of a field, such as `{ url: 'source_url' }`
 */
export function body<T extends z.ZodRawShape, const A extends Record<string, string> = Record<never, never>>(
  shape: T,
  aliases?: A,
) {
  const object = z.object(shape, { error: 'must be a JSON object' })
  return z.preprocess((value: AsWritten<T, A>, context) => {
    const fields = inSnakeCase(value, aliases)
    const path = findUnstorable(fields)
    if (path) context.addIssue({ code: 'custom', path, message: NOT_STORABLE })
    return fields
  }, object)
}

/** The same object with its keys as the schemas have them; where both spellings are given, snake_case wins. */
export function inSnakeCase(value: unknown, aliases: Record<string, string> = {}): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const fields = new Map<string, unknown>(Object.entries(value))
  for (const [key, field] of fields) {
    const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    // A key may be called as what every object inherits, such as "constructor".
    const canonical = (Object.hasOwn(aliases, snake) && aliases[snake]) || snake
    if (!fields.has(canonical)) fields.set(canonical, field)
  }
  return Object.fromEntries(fields)
}

/** The body of a route that takes JSON. An absent body counts as `{}`. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
})
