/** Replicate's error answers, in its own words and form (`application/problem+json`). */

export interface InvalidField {
  type: string
  /** A dotted path, such as `input.duration`; empty for the body itself. */
  field: string
  description: string
}

/** A refused request. Thrown in a route, answered by the app's error handler. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  readonly body: Record<string, unknown>

  constructor(status: number, body: { title?: string; detail: string } & Record<string, unknown>) {
    super(body.detail)
    this.status = status
    this.body = { ...body, status }
  }

  toResponse(): Response {
    const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
    return new Response(JSON.stringify(this.body), { status: this.status, headers })
  }
}

export function unauthenticated(): Problem {
  return new Problem(401, {
    title: 'Unauthenticated',
    detail: 'You did not pass a valid authentication token',
  })
}

export function notFound(): Problem {
  return new Problem(404, { detail: 'The requested resource could not be found.' })
}

export function invalidVersion(): Problem {
  return new Problem(422, {
    title: 'Invalid version or not permitted',
    detail: "The specified version does not exist (or perhaps you don't have permission to use it?)",
  })
}

export function insufficientCredit(): Problem {
  return new Problem(402, {
    title: 'Insufficient credit',
    detail:
      'You have insufficient credit to run this model. Purchase credit in your account settings. Once you purchase credit, please wait a few minutes before trying again.',
  })
}

/** @param retryAfter seconds */
export function throttled(retryAfter: number): Problem {
  return new Problem(429, {
    detail: `Request was throttled. Your rate limit for creating predictions resets in ~${retryAfter}s.`,
    retry_after: retryAfter,
  })
}

export function invalidInput(fields: InvalidField[]): Problem {
  const lines = fields.map(({ field, description }) => `- ${field ? `${field}: ` : ''}${description}\n`)
  return new Problem(422, { title: 'Input validation failed', detail: lines.join(''), invalid_fields: fields })
}
