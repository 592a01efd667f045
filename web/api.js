/** Asks the API: the one place that does. */

/**
 * What the API refused, in its own words.
 */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {Record<string, any>} body
   * @param {number} [retryAfter] seconds, where the server said when to come back
   */
  constructor(status, body, retryAfter) {
    const { error } = body
    const details = body.details ?? error?.details
    const why = details ? Object.entries(details).map(([field, problems]) => `${field} ${problems}`) : []
    const said = typeof error === 'string' ? error : (error?.message ?? `The server answered ${status}`)
    super([said, body.reason, ...why].filter(Boolean).join('. '))
    this.status = status
    this.body = body
    this.retryAfter = retryAfter
  }
}

/**
 * @param {string} method
 * @param {string} path below /api/v3
 * @param {unknown} [body] sent as JSON, or as it is when it is a form
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>} null where the answer has no body
 * @throws {Refused}
 */
export async function ask(method, path, body, headers = {}) {
  const isForm = body instanceof FormData
  const response = await fetch(`/api/v3${path}`, {
    method,
    headers: body === undefined || isForm ? headers : { 'content-type': 'application/json', ...headers },
    body: isForm ? body : body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Refused(0, { error: 'The server can not be reached. What you did was perhaps not done: try again' })
  })
  if (response.status === 401 && location.pathname !== '/sign-in') {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => ({}))
  if (!response.ok) throw new Refused(response.status, answer, Number(response.headers.get('retry-after')) || undefined)
  return answer
}

/** @param {string} path */
export const get = (path) => ask('GET', path)

/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 */
export const post = (path, body, headers) => ask('POST', path, body, headers)

/** @param {string} path @param {unknown} body */
export const patch = (path, body) => ask('PATCH', path, body)

/**
 * A query string of what is set.
 * @param {Record<string, string | number | null | undefined>} fields
 */
export function query(fields) {
  const set = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '')
  return set.length > 0 ? `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}` : ''
}
