/** Every route with the statuses that are promised for it: by the OpenAPI document, and by the contract. */
import { pino } from 'pino'
import { createApp } from '../../api/app.ts'
import type { ApiDeps } from '../../api/deps.ts'
import { readConfig } from '../../config.ts'
import { CONTRACT } from './contract.ts'

export interface Route {
  method: string
  /** As the document writes it: /api/v3/clients/{id} */
  path: string
  /** The part of the API that it belongs to. */
  section: string
  /** In ascending order. */
  statuses: number[]
}

interface Document {
  paths: Record<string, Record<string, { tags: string[]; responses: Record<string, unknown> }>>
}

/** @throws Error that names the routes of the contract which are not there */
export async function readRoutes(): Promise<Route[]> {
  const { paths } = await readDocument()
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { tags, responses }]) =>
      route(method.toUpperCase(), path, tags[0] ?? 'Others', Object.keys(responses).map(Number)),
    ),
  )
  const lost = Object.keys(CONTRACT).filter((name) => !routes.some(({ method, path }) => `${method} ${path}` === name))
  if (lost.length > 0) throw new Error(`The contract has routes that are not there: ${lost.join(', ')}`)
  return routes
}

function route(method: string, path: string, section: string, described: number[]): Route {
  const statuses = new Set([...described, ...(CONTRACT[`${method} ${path}`] ?? [])])
  return { method, path, section, statuses: [...statuses].sort() }
}

/** The document needs no rows, no bytes and no Temporal. */
async function readDocument(): Promise<Document> {
  const bare = { config: readConfig({}), db: {}, log: pino({ level: 'silent' }) } as ApiDeps
  const response = await createApp(bare).request('http://127.0.0.1/api/openapi')
  return (await response.json()) as Document
}
