/** Pieces of response descriptions, for the OpenAPI document, and of responses. */
import { z } from '@hono/zod-openapi'
import type { Context, TypedResponse } from 'hono'
import type { JSONParsed } from 'hono/utils/types'

/** An answer in JSON. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** The JSON of a T, as text: to be kept and sent many times. */
export type JsonText<T> = string & { readonly meaning?: T }

export const jsonText = <T>(value: T): JsonText<T> => JSON.stringify(value)

/** What `c.json` answers for the value itself. */
export function sendJsonText<T>(c: Context, text: JsonText<T>) {
  const response: unknown = c.body(text, 200, { 'content-type': 'application/json' })
  return response as TypedResponse<JSONParsed<T>, 200, 'json'>
}

/** A moment: UTC, ISO 8601. */
export const timestamp = z.string().openapi({ format: 'date-time' })

/** What `serveBlob` answers, but its refusals of what is not there. */
export const bytes = (contentType: string, description: string) => {
  const content = { [contentType]: { schema: { type: 'string' as const, format: 'binary' } } }
  return {
    200: { description, content },
    206: { description: 'The range that was asked for', content },
    304: { description: 'The caller has these bytes already' },
    416: json(PlainError, 'The range lies outside'),
  }
}

const PlainError = z.looseObject({ error: z.string() }).openapi('Error')
const CodedError = z
  .object({
    error: z.object({
      message: z.string(),
      code: z.string(),
      details: z.record(z.string(), z.array(z.string())).optional(),
    }),
  })
  .openapi('CodedError')

/** Describes refusals: `plainRefusals({ 404: 'No such asset' })`. Routes throw them as ApiError. */
export const plainRefusals = <Status extends number>(descriptions: Record<Status, string>) =>
  describe(PlainError, descriptions)

/** The same for clients and campaigns, whose errors have a code. */
export const codedRefusals = <Status extends number>(descriptions: Record<Status, string>) =>
  describe(CodedError, descriptions)

function describe<T extends z.ZodType, Status extends number>(schema: T, descriptions: Record<Status, string>) {
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([status, description]) => [status, json(schema, description)]),
  ) as Record<Status, ReturnType<typeof json<T>>>
}
