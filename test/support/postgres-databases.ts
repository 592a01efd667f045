/** Databases on a PostgreSQL server, made and dropped. */
import pg from 'pg'

/** Migrated, and never changed. */
export const TEMPLATE = 'greenlight'

/** @param url of any database of the server @param template is copied @returns its URL */
export async function createDatabase(url: string, name: string, template = 'template1'): Promise<string> {
  await onServer(url, `CREATE DATABASE "${name}" TEMPLATE "${template}"`)
  return Object.assign(new URL(url), { pathname: name }).href
}

export function dropDatabase(url: string, name: string): Promise<void> {
  return onServer(url, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
