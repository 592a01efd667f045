/** Pieces of response descriptions, for the OpenAPI document, and of responses. */
import { z } from '@hono/zod-openapi'
import type { Context, TypedResponse } from 'hono'
import type { JSONParsed } from 'hono/utils/types'
import { usualCode } from './errors.ts'

/** An answer in JSON. Its example is composed of those of its fields (examples.ts). */
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
export const timestamp = z.string().openapi({ format: 'date-time', example: '2026-03-14T09:26:53.589Z' })

/** What a list says of itself. */
export const total = z.int().openapi({ description: 'How many match, on all pages', example: 1 })
export const shownLimit = z.int().openapi({ example: 25 })
export const shownOffset = z.int().openapi({ example: 0 })

/** The header that tells one version of an answer from another. */
export const etagHeader = (description: string, example: string) => ({
  ETag: { description, required: true, schema: { type: 'string' as const }, example },
})

const LOCATION = 'https://s3.example/films/5e/88/5e884898?X-Amz-Expires=900&X-Amz-Signature=…'

/** What `serveBlob` answers, but its refusals of what is not there; `isLarge` as it is told. */
export const bytes = (contentType: string, description: string, { isLarge = false } = {}) => {
  const content = { [contentType]: { schema: { type: 'string' as const, format: 'binary' } } }
  const headers = etagHeader('The SHA-256 of the bytes', `"${'5e884898'.repeat(8)}"`)
  const range = (example: string) => ({
    'Content-Range': { required: true, schema: { type: 'string' as const }, example },
  })
  return {
    200: { description, content, headers },
    206: {
      description: 'The range that was asked for',
      content,
      headers: { ...headers, ...range('bytes 0-99/4812201') },
    },
    ...(isLarge && {
      302: {
        description: 'With BLOB_REDIRECTS: where S3 sends it, ranges too, for 15 minutes',
        headers: { Location: { required: true, schema: { type: 'string' as const }, example: LOCATION } },
      },
    }),
    304: { description: 'The caller has these bytes already', headers },
    416: {
      ...refusal(
        PlainError,
        { error: 'The range lies outside of the 4812201 bytes that there are' },
        'The range lies outside',
      ),
      headers: range('bytes */4812201'),
    },
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

/** What it means, or the same with the body that it comes with, beside `error`, which is the description unless it says so. */
export type Refusal = string | [description: string, body: Record<string, unknown>]

/** Describes refusals: `plainRefusals({ 404: 'Asset not found' })`. Routes throw them as ApiError. */
export const plainRefusals = <Status extends number>(refusals: Record<Status, Refusal>) =>
  describe(PlainError, refusals, (_, error, body) => ({ error, ...body }))

/** The same for clients and campaigns, whose errors have a code. */
export const codedRefusals = <Status extends number>(refusals: Record<Status, Refusal>) =>
  describe(CodedError, refusals, (status, message, body) => ({
    error: { message, code: usualCode(Number(status)), ...body },
  }))

function describe<T extends z.ZodType, Status extends number>(
  schema: T,
  refusals: Record<Status, Refusal>,
  bodyOf: (status: string, error: string, body: Record<string, unknown>) => unknown,
) {
  return Object.fromEntries(
    Object.entries<Refusal>(refusals).map(([status, given]) => {
      const [description, body] = typeof given === 'string' ? [given, {}] : given
      return [status, refusal(schema, bodyOf(status, description, body), description)]
    }),
  ) as Record<Status, ReturnType<typeof refusal<T>>>
}

const refusal = <T extends z.ZodType>(schema: T, example: unknown, description: string) => ({
  description,
  content: { 'application/json': { schema, example } },
})
