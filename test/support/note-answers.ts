/**
 * Runs in every test file: notes each answer of the API that came over HTTP, for docs/api.md (`npm run api-table`). Node
 * itself tells of the answers that its clients receive, so whatever a test speaks HTTP with is heard, and what was only
 * called in this process is not.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import type { ClientRequest, IncomingMessage } from 'node:http'
import path from 'node:path'
import { afterAll, expect } from 'vitest'
import { type NotedAnswer, notesOf } from '../../scripts/api-table/notes.ts'

const root = path.join(import.meta.dirname, '..', '..')
const notes = notesOf(path.relative(root, expect.getState().testPath ?? 'unknown'))
const noted = new Set<string>()
mkdirSync(path.dirname(notes), { recursive: true })
rmSync(notes, { force: true })

const onFetched = (message: unknown) => {
  const { request, response } = message as FetchAnswer
  const names = response.headers.filter((_, n) => n % 2 === 0).map((name) => name.toString().toLowerCase())
  note(request.method, request.path, response.statusCode, names.includes('x-request-id'))
}
const onRequested = (message: unknown) => {
  const { request, response } = message as { request: ClientRequest; response: IncomingMessage }
  note(request.method, request.path, response.statusCode ?? 0, 'x-request-id' in response.headers)
}

subscribe('undici:request:headers', onFetched)
subscribe('http.client.response.finish', onRequested)
// The next file of this process has notes of its own.
afterAll(() => {
  unsubscribe('undici:request:headers', onFetched)
  unsubscribe('http.client.response.finish', onRequested)
})

/** What fetch tells of an answer when its head is here; names and values of its headers take turns. */
interface FetchAnswer {
  request: { method: string; path: string }
  response: { statusCode: number; headers: Buffer[] }
}

/** @param isOurs the stand-ins of other servers give their answers no request id */
function note(method: string, pathAndQuery: string, status: number, isOurs: boolean): void {
  if (!isOurs) return
  const answer: NotedAnswer = { method, path: pathAndQuery.replace(/[?#].*$/, ''), status }
  const line = JSON.stringify(answer)
  if (noted.has(line)) return
  noted.add(line)
  appendFileSync(notes, `${line}\n`)
}
