/** What a request that fails its route's schema is answered with. */
import type { Hook, z } from '@hono/zod-openapi'
import { ApiError } from './errors.ts'
import './own-words.ts'
import type { ApiEnv } from './router.ts'

/**
 * A malformed id is an unknown one (404), a bad query parameter 400, a bad body 422 with what is wrong with which
 * field.
 */
// biome-ignore lint/suspicious/noExplicitAny: the library's own type for a hook that serves every route
export const refuseInvalid: Hook<any, ApiEnv, any, any> = (result, c) => {
  if (result.success) return
  const { issues } = result.error
  if (result.target === 'param') throw unknownId(issues[0], (name) => c.req.param(name))
  const details = detailsOf(issues)
  if (result.target === 'json') throw new ApiError(422, 'Validation failed', { details })
  const [field, reasons] = Object.entries(details)[0] ?? ['request', ['is invalid']]
  throw new ApiError(400, `${field} ${reasons[0]}`)
}

/** Which field is wrong, and why: `{"name":["is required"]}`. */
export function detailsOf(issues: readonly z.core.$ZodIssue[]): Record<string, string[]> {
  const details: Record<string, string[]> = {}
  // The length of what is of the wrong type is counted all the same: a word's where a list belongs.
  const mistyped = new Set(issues.filter(isOfType).map(fieldOf))
  for (const issue of issues) {
    const field = fieldOf(issue)
    if (mistyped.has(field) && !isOfType(issue)) continue
    details[field] = [...(details[field] ?? []), issue.message]
  }
  return details
}

const fieldOf = ({ path }: z.core.$ZodIssue) => path.join('.') || 'body'
const isOfType = ({ code }: z.core.$ZodIssue) => code === 'invalid_type'

function unknownId(issue: z.core.$ZodIssue | undefined, param: (name: string) => string | undefined): ApiError {
  const echo = issue?.code === 'custom' ? issue.params?.echo : undefined
  const extra = typeof echo === 'string' ? { [echo]: param(String(issue?.path[0])) } : undefined
  return new ApiError(404, issue?.message ?? 'Not found', { extra })
}
