/** What fetch sends when nobody says that it is JSON: the old system did not look at it. */
import type { MiddlewareHandler } from 'hono'
import { refuseUnwieldy } from './json-body.ts'

/**
 * Of a route whose body may be left out: an object in JSON that is sent as text is read as what it is, any other text is
 * no body.
 */
export const takeTextForJson: MiddlewareHandler = async (c, next) => {
  if (/^text\/plain\b/i.test(c.req.header('content-type') ?? '')) {
    const text = await c.req.text()
    c.req.raw.headers.set('content-type', 'application/json')
    if (!isObject(text)) c.req.bodyCache = { json: Promise.resolve({}) }
  }
  return next()
}

function isObject(text: string): boolean {
  refuseUnwieldy(text)
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
