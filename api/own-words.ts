/** What is wrong with a field, in our own words, where its schema has none of its own for that. */
import { z } from '@hono/zod-openapi'

const KINDS: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** What a number or a length is counted in. */
const UNITS: Record<string, string> = { string: 'characters', array: 'entries' }

/** @returns the rest of a sentence that begins with the field's name, such as "must be a string" */
export function inOwnWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return tooBig(issue)
    default:
      return 'is not of the form that is taken'
  }
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  const unit = UNITS[origin]
  if (unit) return Number(minimum) === 1 ? 'must not be empty' : `must have ${minimum} ${unit} at least`
  return inclusive ? `must be ${minimum} at least` : `must be more than ${minimum}`
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>): string {
  const unit = UNITS[origin]
  if (unit) return `must have ${maximum} ${unit} at most`
  return inclusive ? `must be ${maximum} at most` : `must be less than ${maximum}`
}

z.config({ localeError: inOwnWords })
