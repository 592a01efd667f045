/** Keys in the database: made at the command line, while the server runs. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashKey } from '../../api/auth/keyring.ts'
import { openDatabase } from '../../prisma/client.ts'
import { manageKeys } from '../../scripts/keys/manage-keys.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { makeKey, oneOfEverything, type World } from './two-clients.ts'

const told: number[] = []
const workflows = { decided: async (jobId: number) => void told.push(jobId) } as never

let api: TestApi
let world: World
beforeAll(async () => {
  api = await startTestApi({ API_AUTH_KEY: 'root-secret' }, { workflows })
  world = await oneOfEverything(api, 'Harbour Homes')
})
afterAll(() => api.close())

const ask = (key: string, method: string, at: string, body?: unknown) =>
  api.call(method, `/api/v3${at}`, body, { 'x-api-key': key })
const manage = (...args: string[]) => manageKeys(api.db, api.deps.config, args)
/** A job that waits for approval. */
const waitingJob = async () => {
  const { id: _, budgetOverride: __, ...like } = await api.db.job.findUniqueOrThrow({ where: { id: world.waiting.id } })
  const job = await api.db.job.create({
    data: { ...like, status: 'pending', decision: null, parameters: {}, settings: like.settings as object },
  })
  return job.id
}

/** What tells a process where the rows are. */
function databaseOf({ deps: { config } }: TestApi): Record<string, string> {
  return typeof config.database === 'string'
    ? { DATABASE_PATH: config.database }
    : { DATABASE_URL: config.database.url }
}

/** All that is stored of keys: SQLite's whole file, PostgreSQL's rows. */
async function rowsOf({ db, deps: { config } }: TestApi): Promise<Buffer> {
  const { database } = config
  if (typeof database !== 'string') return Buffer.from(JSON.stringify(await db.apiKey.findMany()))
  return Buffer.concat(await Promise.all(['', '-wal'].map((end) => readFile(`${database}${end}`))))
}

describe('npm run keys', () => {
  it('makes a key that works at once and, revoked, stops working within seconds, while the server runs', async () => {
    const npm = (...args: string[]) =>
      promisify(execFile)(process.execPath, ['scripts/keys.ts', ...args], {
        cwd: path.join(import.meta.dirname, '..', '..'),
        env: { DATA_DIR: api.folder, ...databaseOf(api), API_AUTH_KEY: 'root-secret' },
      })
    const { stdout } = await npm('create', '--name', 'Anna', '--role', 'creator')
    const key = /^ {2}(gl_[\w-]{43})$/m.exec(stdout)?.[1] ?? ''
    const id = /revoke (\S+)$/m.exec(stdout)?.[1] ?? ''
    expect((await ask(key, 'GET', '/clients')).status).toBe(200)
    expect((await npm('list')).stdout).toMatch(new RegExp(`${id} +Anna +creator +every .* valid`))
    await npm('revoke', id)
    await expect.poll(async () => (await ask(key, 'GET', '/clients')).status, { timeout: 5_000 }).toBe(401)
    expect((await npm('list')).stdout).toMatch(/Anna +creator .* revoked/)
  })

  it('keeps only the hash of a key', async () => {
    const key = await makeKey(api, 'Ben', 'approver')
    expect(await api.db.apiKey.count({ where: { hash: hashKey(key) } })).toBe(1)
    const bytes = await rowsOf(api)
    expect(bytes.includes(hashKey(key))).toBe(true)
    expect(bytes.includes(key)).toBe(false)
    expect((await manage('list')).join('\n')).not.toContain(key)
  })

  it.each([
    [[], 'Say what to do'],
    [['destroy'], 'not a command'],
    [['create', '--role', 'creator'], 'needs a name'],
    [['create', '--name', 'x'], 'one of creator, approver, operator'],
    [['create', '--name', 'x', '--role', 'boss'], 'not boss'],
    [['create', '--name', 'x', '--role', 'creator', '--client', 'nobody'], 'no client nobody'],
    [['create', '--nme', 'x'], '--nme'],
    [['revoke', 'nothing'], 'no key nothing'],
  ])('says what is wrong with %o', async (args, said) => {
    await expect(manage(...args)).rejects.toThrow(said)
  })

  it('warns when nothing asks for a key', async () => {
    const open = { http: { ...api.deps.config.http, authKeys: [] } }
    const lines = await manageKeys(api.db, open, ['create', '--name', 'Cleo', '--role', 'creator'])
    expect(lines.join('\n')).toContain('API_AUTH_KEY is unset')
  })
})

describe('roles', () => {
  const { creator, approver, operator } = { creator: 'creator', approver: 'approver', operator: 'operator' }
  const keys: Record<string, string> = {}
  beforeAll(async () => {
    for (const role of [creator, approver, operator]) keys[role] = await makeKey(api, `${role} key`, role)
  })
  const NOTHING = '00000000-0000-4000-8000-000000000000'

  it.each([
    ['POST', '/clients', creator],
    ['POST', '/jobs/from-image-pairs', creator],
    ['POST', '/assets', creator],
    ['PATCH', `/jobs/999/scenes/${NOTHING}`, creator],
    ['POST', '/jobs/999/cancel', creator],
    ['GET', '/jobs/999', creator],
    ['POST', '/jobs/999/approve', approver],
    ['POST', '/jobs/999/reject', approver],
    ['POST', '/jobs/999/retry', approver],
    ['POST', `/jobs/999/scenes/${NOTHING}/regenerate`, approver],
    ['POST', '/audio/generate-scenes', approver],
    ['DELETE', '/jobs/999', operator],
    ['DELETE', `/clients/${NOTHING}`, operator],
    ['DELETE', `/assets/${NOTHING}`, operator],
    ['POST', '/spending/pause', operator],
    ['GET', '/spending', operator],
    ['GET', '/predictions', operator],
    ['POST', `/predictions/${NOTHING}/resolve`, operator],
    ['POST', '/something/new', operator],
  ])('%s %s takes at least %s', async (method, at, needed) => {
    const order = [creator, approver, operator]
    for (const [rank, role] of order.entries()) {
      const { status, json } = await ask(keys[role] ?? '', method, at, method === 'GET' ? undefined : {})
      if (rank >= order.indexOf(needed)) expect(status).not.toBe(403)
      else {
        expect(status).toBe(403)
        expect(JSON.stringify(json)).toContain(`the key of an ${needed}; ${role} key is a key of the role ${role}`)
      }
    }
  })

  it('lets a creator end a job before it is approved, and only an approver after that', async () => {
    const waiting = await waitingJob()
    expect((await ask(keys.creator ?? '', 'POST', `/jobs/${waiting}/cancel`)).status).toBe(200)
    const approved = await waitingJob()
    expect((await ask(keys.approver ?? '', 'POST', `/jobs/${approved}/approve`)).status).toBe(200)
    const refused = await ask(keys.creator ?? '', 'POST', `/jobs/${approved}/cancel`)
    expect(refused).toMatchObject({ status: 403, json: { error: expect.stringContaining('approver') } })
    expect((await ask(keys.approver ?? '', 'POST', `/jobs/${approved}/cancel`)).status).toBe(200)
    expect(told).toEqual([waiting, approved, approved])
  })

  it('lets no creator end a job that is approved while they do', async () => {
    const id = await waitingJob()
    const elsewhere = await openDatabase(api.deps.config.database)
    const canceling = await elsewhere.$transaction(async (tx) => {
      await tx.job.update({ where: { id }, data: { status: 'approved', decision: 'approved' } })
      const request = ask(keys.creator ?? '', 'POST', `/jobs/${id}/cancel`)
      // Long enough for it to read the row as it still is; it then waits to write.
      await sleep(300)
      return { request }
    })
    const { status, json } = await canceling.request
    expect({ status, json }).toMatchObject({ status: 403, json: { error: expect.stringContaining('approver') } })
    expect(await api.db.job.findUnique({ where: { id } })).toMatchObject({ status: 'approved', canceledAt: null })
    await elsewhere.$disconnect()
  })

  it.each([
    ['its name', {}, 'approver key'],
    ['its name beside the one that was claimed', { by: 'Anna' }, 'Anna (approver key)'],
  ])('records who approved by %s', async (_, body, by) => {
    const id = await waitingJob()
    await ask(keys.approver ?? '', 'POST', `/jobs/${id}/approve`, body)
    expect(await api.db.job.findUniqueOrThrow({ where: { id } })).toMatchObject({ decision: 'approved', decidedBy: by })
  })

  it('takes a key of API_AUTH_KEY for an operator of every client', async () => {
    expect((await ask('root-secret', 'POST', '/spending/pause', {})).status).not.toBe(403)
    expect((await ask('root-secret', 'GET', `/jobs/${world.job.id}`)).status).toBe(200)
  })
})

describe('while API_AUTH_KEY is unset', () => {
  it('asks nobody for a key, and takes one that is given for what it is', async () => {
    const open = await startTestApi()
    const key = await makeKey(open, 'Anna', 'creator')
    expect((await open.call('GET', '/api/v3/clients')).status).toBe(200)
    expect((await open.call('GET', '/api/v3/clients', undefined, { 'x-api-key': 'left over' })).status).toBe(200)
    const refused = await open.call('POST', '/api/v3/jobs/1/approve', {}, { 'x-api-key': key })
    expect(refused.status).toBe(403)
    await open.close()
  })
})
