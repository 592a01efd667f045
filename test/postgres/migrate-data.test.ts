/** `npm run migrate-data`: from an SQLite file to PostgreSQL, as processes of their own that are killed on the way. */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Database, openDatabase, type PostgresLocation } from '../../prisma/client.ts'
import { installationId } from '../../prisma/queries/installation.ts'
import { sessionSecret } from '../../prisma/queries/session-secret.ts'
import { moveRows } from '../../scripts/migrate-data/move-rows.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { spawnProcess } from '../support/process.ts'

const EVENTS = 12_000
let folder: string
let file: string
let target: TestDatabase
let url: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-moved-'))
  file = path.join(folder, 'rows.db')
  const db = await openDatabase(file)
  await fill(db)
  await db.$disconnect()
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  target = await createTestDatabase()
  ;({ url } = target.location as PostgresLocation)
})
afterEach(() => target.remove())

/** Of everything that is written differently by the two databases something; and one job that was deleted for good. */
async function fill(db: Database): Promise<void> {
  await installationId(db)
  const metadata = { z: 1, a: ['ß', null, 1.5] }
  const { id: clientId } = await db.client.create({ data: { name: 'Ünïcode 🎬 \0', metadata } })
  const { id: campaignId } = await db.campaign.create({
    data: { name: 'Spring', clientId, metadata: {}, brief: 'text' },
  })
  const job = { type: 'image_pairs', videoName: 'Spring 1', parameters: {}, settings: {}, clientId, campaignId }
  const { id: jobId } = await db.job.create({ data: { ...job, decidedAt: new Date(7), audioMerged: true } })
  const { id: gone } = await db.job.create({ data: job })
  await db.job.delete({ where: { id: gone } })
  await db.scene.createMany({ data: [0, 1].map((position) => ({ jobId, position, duration: 0.1 + position })) })
  const events = Array.from({ length: EVENTS }, (_, n) => ({ jobId, seq: n + 1, type: 'note', data: { n } }))
  await db.jobEvent.createMany({ data: events })
}

const said: string[] = []
const move = (from = file, to = url) => moveRows(from, to, (line) => said.push(line))
const hashOf = async (at: string) =>
  createHash('sha256')
    .update(await readFile(at))
    .digest('hex')

describe('moving the rows', () => {
  it('goes on after kill -9, and ends with the same rows and the source as it was', async () => {
    const before = await hashOf(file)
    const blocker = new pg.Client(url)
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE "JobEvent" IN SHARE MODE')
    const first = spawnProcess('scripts/migrate-data.ts', {}, {}, ['--from', file, '--to', url])
    const isWaiting = 'SELECT 1 FROM pg_locks WHERE NOT granted AND relation = \'"JobEvent"\'::regclass'
    await expect.poll(async () => (await blocker.query(isWaiting)).rowCount, { timeout: 30_000 }).toBe(1)
    await first.kill()
    await blocker.query('ROLLBACK')
    await blocker.end()

    // Half of an installation is none: a server that opened it would draw another id.
    await expect(openDatabase(target.location)).rejects.toThrow('migrate-data')
    // The one that was killed holds its lock until PostgreSQL notices.
    await vi.waitFor(() => move(), { timeout: 10_000 })
    expect(said.find((line) => line.startsWith('JobEvent'))).toMatch(new RegExp(`${EVENTS} rows +sha256 [0-9a-f]{64}`))
    expect(await hashOf(file)).toBe(before)
    await expect(move()).rejects.toThrow('the move has ended')

    const [old, moved] = [await openDatabase(file), await openDatabase(target.location)]
    expect(await installationId(moved)).toBe(await installationId(old))
    expect(await moved.job.findMany()).toEqual(await old.job.findMany())
    expect(await moved.scene.findMany({ orderBy: { position: 'asc' } })).toEqual(
      await old.scene.findMany({ orderBy: { position: 'asc' } }),
    )
    const { name, metadata } = await moved.client.findFirstOrThrow()
    expect([name, JSON.stringify(metadata)]).toEqual(['Ünïcode 🎬 \ufffd', '{"z":1,"a":["ß",null,1.5]}'])
    const { type, videoName, clientId, campaignId } = await moved.job.findFirstOrThrow()
    const next = { type, videoName, clientId, campaignId, parameters: {}, settings: {} }
    // The number of a job that is gone is not given again.
    expect((await moved.job.create({ data: next })).id).toBe(3)
    await Promise.all([old.$disconnect(), moved.$disconnect()])
  })

  it('is refused while a process has the source open', async () => {
    const server = await openDatabase(file)
    await server.job.count()
    await expect(move()).rejects.toThrow('is in use: stop every server')
    await server.$disconnect()
  })

  it('is refused into another installation, and into one that has rows', async () => {
    const other = await openDatabase(target.location)
    await other.client.create({ data: { name: 'Theirs', metadata: {} } })
    await expect(move()).rejects.toThrow('has rows already')
    const id = await installationId(other)
    await expect(move()).rejects.toThrow(`another installation (${id}`)
    expect(await other.client.count()).toBe(1)
    await other.$disconnect()
  })

  it('goes into one that a server only opened, once that has ended', async () => {
    const server = await openDatabase(target.location)
    const [drawn] = [await installationId(server), await sessionSecret(server)]
    await expect(move()).rejects.toThrow('is in use (greenlight): stop every server')
    await server.$disconnect()
    await vi.waitFor(() => move(), { timeout: 10_000 })
    const moved = await openDatabase(target.location)
    expect(await installationId(moved)).not.toBe(drawn)
    expect((await moved.setting.findMany()).map(({ key }) => key)).toEqual(['installation_id'])
    await moved.$disconnect()
  })

  it('is refused from what is no database of ours', async () => {
    await expect(move(path.join(folder, 'nothing.db'))).rejects.toThrow('no database to move from')
    await expect(move(path.join(import.meta.dirname, 'migrate-data.test.ts'))).rejects.toThrow()
  })

  it('tells a row that came out otherwise', async () => {
    const client = new pg.Client(url)
    await client.connect()
    await client.query(
      `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.duration := 9; RETURN NEW; END $$;
      CREATE TRIGGER spoil BEFORE INSERT ON "Scene" FOR EACH ROW EXECUTE FUNCTION spoil()`,
    )
    await client.end()
    await expect(move()).rejects.toThrow('Scene differs: 2 rows')
  })
})
