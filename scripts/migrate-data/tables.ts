/** The tables, and how their rows are compared: the same values must come out of both databases. */
import { createHash } from 'node:crypto'
import type { Prisma } from '../../prisma/client.ts'

/** Each after those that it refers to. A new model does not compile until it stands here. */
const ORDER: Record<Prisma.ModelName, true> = {
  Client: true,
  Campaign: true,
  Asset: true,
  ApiKey: true,
  Job: true,
  JobPhoto: true,
  Scene: true,
  Take: true,
  Revision: true,
  SceneRevision: true,
  Prediction: true,
  JobEvent: true,
  AudioSegment: true,
  Rendition: true,
  RenderedTransition: true,
  Note: true,
  StoryboardExchange: true,
  WebhookDelivery: true,
  IdempotentRequest: true,
  // Last: the installation's id, by which servers know these rows for theirs.
  Setting: true,
}
export const TABLES = Object.keys(ORDER) as Prisma.ModelName[]

export type Value = string | number | boolean | null
export type Row = Value[]

export interface Table {
  name: string
  columns: Column[]
  /** Of the columns, those of the primary key, in its order. */
  key: string[]
}

export interface Column {
  name: string
  /** PostgreSQL's name for it. */
  type: string
}

/** What a value of SQLite is on PostgreSQL; a text keeps what both can hold (prisma/postgres-adapter.ts). */
export function asPostgres(value: unknown, { type }: Column): Value {
  if (value === null) return null
  if (type === 'boolean') return Boolean(value)
  if (type === 'timestamp with time zone') return moment(value as string | number)
  // A column of JSON keeps a number as one.
  if (type === 'json' && typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : (value as number)
}

/** SQLite's own default has no zone, and is meant in UTC; Prisma writes one. */
function moment(value: string | number): string {
  if (typeof value === 'number') return new Date(value).toISOString()
  const text = value.replace(' ', 'T')
  return new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`).toISOString()
}

/** How many rows a table has, and a hash over all of them in the order of their keys. */
export interface Summary {
  rows: number
  hash: string
}

export async function summarize(rows: Iterable<Row> | AsyncIterable<Row>): Promise<Summary> {
  const hash = createHash('sha256')
  let count = 0
  for await (const row of rows) {
    hash.update(`${JSON.stringify(row)}\n`)
    count++
  }
  return { rows: count, hash: hash.digest('hex') }
}
