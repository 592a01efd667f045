/** PostgreSQL is away, busy or out of connections: the API says so, and goes on when that is over. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase, type PostgresLocation } from '../../prisma/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startTcpGate, type TcpGate } from '../support/tcp-gate.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

const POOL_SIZE = 2
const USER = 'outage'
let database: TestDatabase
let gate: TcpGate
let api: TestApi
let admin: pg.Client
beforeAll(async () => {
  database = await createTestDatabase()
  admin = new pg.Client((database.location as PostgresLocation).url)
  await admin.connect()
  await admin.query(`CREATE ROLE ${USER} LOGIN SUPERUSER`)
  gate = await startTcpGate(Number(new URL(inject('postgresUrl')).port))
  const url = Object.assign(new URL((database.location as PostgresLocation).url), {
    port: gate.port,
    username: USER,
  }).href
  api = await startTestApi({ DATABASE_URL: url, DATABASE_POOL_SIZE: String(POOL_SIZE) })
})
afterAll(async () => {
  await api.close()
  await gate.close()
  await admin.query(`DROP ROLE ${USER}`)
  await admin.end()
  await database.remove()
})

const clients = () => api.call('GET', '/api/v3/clients')

describe('the API', () => {
  it('answers 503 with Retry-After while PostgreSQL is away, and serves again when it is back', async () => {
    expect((await clients()).status).toBe(200)
    gate.cut()
    for (const [method, at, body] of [
      ['GET', '/api/v3/clients', undefined],
      ['POST', '/api/v3/clients', { name: 'ACME' }],
      ['GET', '/api/v3/jobs/1', undefined],
      ['POST', '/api/v3/jobs/1/approve', {}],
    ] as const) {
      const { status, headers, json } = await api.call(method, at, body)
      expect({ at, status, retry: headers.get('retry-after') }).toEqual({ at, status: 503, retry: '5' })
      expect(JSON.stringify(json)).toContain('The database')
    }
    expect((await api.call('GET', '/readyz')).json).toEqual({ status: 'unavailable', checks: { database: 'failed' } })
    gate.open()
    await expect.poll(async () => (await clients()).status, { timeout: 5_000 }).toBe(200)
    expect((await api.call('GET', '/readyz')).status).toBe(200)
    expect(api.logLines.join('\n')).not.toContain('trusted')
  })

  it('answers 503 with Retry-After while its user may not sign in, and serves again when he may', async () => {
    await admin.query(`ALTER ROLE ${USER} NOLOGIN`)
    gate.cut()
    gate.open()
    // The first ones may still meet a connection that was cut.
    const refused = [await clients(), await clients(), await clients(), await clients()]
    await admin.query(`ALTER ROLE ${USER} LOGIN`)
    for (const { status, headers } of refused) {
      expect({ status, retry: headers.get('retry-after') }).toEqual({ status: 503, retry: '5' })
    }
    expect((await clients()).status).toBe(200)
  })

  it('answers 503 with Retry-After while every connection is taken, and serves again when one is given back', async () => {
    const giveBack: (() => void)[] = []
    const held = Array.from({ length: POOL_SIZE }, () =>
      api.db.$transaction(async (tx) => {
        await tx.setting.count()
        await new Promise<void>((resolve) => giveBack.push(resolve))
      }),
    )
    await expect.poll(() => giveBack).toHaveLength(POOL_SIZE)
    const { status, headers } = await clients()
    expect({ status, retry: headers.get('retry-after') }).toEqual({ status: 503, retry: '5' })
    for (const release of giveBack) release()
    await Promise.all(held)
    await expect.poll(async () => (await clients()).status, { timeout: 15_000 }).toBe(200)
  })
})

describe('opening', () => {
  it.each([
    ['a server that is not there', { port: '9' }, /127\.0\.0\.1:9\/test_.*ECONNREFUSED/],
    ['a database that is not there', { pathname: '/nowhere' }, /\/nowhere .*does not exist/],
    [
      'sessions in another zone',
      { search: '?options=-c%20TimeZone%3DEurope/Berlin' },
      /are in Europe\/Berlin, not in UTC/,
    ],
  ])('%s fails with a sentence that names it, and not the password', async (_, changed, said) => {
    const { href: url } = Object.assign(new URL((database.location as PostgresLocation).url), changed)
    const failure: Error = await openDatabase({ url, poolSize: POOL_SIZE }).then(
      () => Promise.reject(new Error('It opened.')),
      (error: Error) => error,
    )
    expect(failure.message).toMatch(said)
    expect(failure.message).not.toContain('trusted')
  })
})
