/** What the API answers in place of what was asked for. */

/** The body of every refusal: clients and campaigns give a code with the sentence, everything else the sentence. */
export interface Refusal {
  error: string | { message: string; code: string; details?: Record<string, string[]> }
  /** What is wrong with which field. */
  details?: Record<string, string[]>
  [field: string]: unknown
}

/** A request that was refused; its message is the API's own sentence. */
export class GreenlightError extends Error {
  override readonly name = 'GreenlightError'
  readonly status: number
  /** Null when the answer was not Greenlight's: a proxy's page, say. */
  readonly body: Refusal | null
  constructor(status: number, body: Refusal | null) {
    const error = body?.error ?? `The server answered ${status}`
    const sentence = typeof error === 'string' ? error : error.message
    const details = Object.entries(body?.details ?? (typeof error === 'object' ? error.details : undefined) ?? {})
    super([sentence, ...details.map(([field, reasons]) => `${field} ${reasons.join(', ')}`)].join('; '))
    this.status = status
    this.body = body
  }
}
