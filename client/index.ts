/**
 * A typed client of the API, for TypeScript: the compiler knows every route's parameters, bodies and answers, because
 * they are the server's own types (docs/decisions/0022-typed-client.md). It needs `hono` and fetch; nothing of the
 * server is loaded.
 */
import { type ClientResponse, hc } from 'hono/client'
import { GreenlightError, type Refusal } from './refusal.ts'
import type { Routes } from './routes.ts'

export { GreenlightError, type Refusal } from './refusal.ts'

export interface GreenlightOptions {
  /** Such as http://127.0.0.1:4000 */
  url: string
  /** Not needed where the server is open. */
  apiKey?: string
  /** In place of the global one: to set time limits, or to try again. */
  fetch?: typeof fetch
}

export type Greenlight = ReturnType<typeof createGreenlight>

/** `greenlight.jobs[':id'].$get({ param: { id: 7 } })` is `GET /api/v3/jobs/7`. */
export function createGreenlight({ url, apiKey, fetch }: GreenlightOptions) {
  const headers: Record<string, string> = apiKey ? { 'x-api-key': apiKey } : {}
  return hc<Routes>(url, { headers, fetch }).api.v3
}

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
type AnyResponse = ClientResponse<any, number, any>
/** Of what a route may answer, what it answers when it did what was asked. */
type Accepted<R> = Exclude<R, { ok: false }>

/**
 * The answer, once it is known to be no refusal: for bytes, and for what answers with nothing.
 * @throws GreenlightError with the API's own sentence
 */
export async function accepted<R extends AnyResponse>(asked: Promise<R>): Promise<Accepted<R>> {
  const response = await asked
  if (response.ok) return response as Accepted<R>
  throw new GreenlightError(response.status, (await response.json().catch(() => null)) as Refusal | null)
}

/**
 * The JSON of an answer.
 * @throws GreenlightError with the API's own sentence
 */
export async function answerOf<R extends AnyResponse>(
  asked: Promise<R>,
): Promise<Awaited<ReturnType<Accepted<R>['json']>>> {
  return (await accepted(asked)).json()
}
