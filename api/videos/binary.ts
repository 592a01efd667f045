/** How routes that answer with bytes are described. */
import { z } from '@hono/zod-openapi'
import { plainRefusals } from '../responses.ts'

const bytes = z.string().openapi({ format: 'binary' })

/** Whole, in part, unchanged, not there, or a range outside. */
export const binary = (contentType: string, description: string, missing: string) => ({
  200: { description, content: { [contentType]: { schema: bytes } } },
  206: { description: 'The range that was asked for', content: { [contentType]: { schema: bytes } } },
  304: { description: 'Unchanged' },
  ...plainRefusals({ 404: missing, 416: 'The range lies outside' }),
})
