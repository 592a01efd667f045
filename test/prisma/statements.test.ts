import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderPercentage } from '../../domain/job.ts'
import { type Database, openDatabase, Prisma } from '../../prisma/client.ts'
import { scopeToClient } from '../../prisma/client-scope.ts'
import { getJob, readJob } from '../../prisma/queries/jobs.ts'
import { findPrediction, markSubmitted, openIntent, settlePrediction } from '../../prisma/queries/ledger.ts'
import { advanceUnended, changeScene, recordEvent } from '../../prisma/queries/progress.ts'
import { inTransaction, type Statements, statements } from '../../prisma/statements.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const { sql } = Prisma
let database: TestDatabase
let db: Database
let jobId: number
let sceneId: string
beforeAll(async () => {
  database = await createTestDatabase()
  db = await openDatabase(database.location)
  const { id: clientId } = await db.client.create({ data: { name: 'ACME', metadata: {} } })
  const { id: campaignId } = await db.campaign.create({ data: { name: 'Spring', clientId, metadata: {} } })
  const job = { type: 'image_pairs', videoName: 'Spring 1', parameters: { a: [1, null] }, settings: {} }
  ;({ id: jobId } = await db.job.create({ data: { ...job, clientId, campaignId, decidedAt: new Date() } }))
  const overlays = [{ kind: 'title', text: 'Now' }]
  await db.scene.create({ data: { jobId, position: 1, duration: 4.5 } })
  ;({ id: sceneId } = await db.scene.create({
    data: { jobId, position: 0, duration: 4, overlays, keepClipAudio: true },
  }))
})
afterAll(async () => {
  await db.$disconnect()
  await database.remove()
})

describe('statements of our own', () => {
  it('read rows as the models have them', async () => {
    expect(await readJob(db, jobId)).toEqual(await getJob(db, jobId))
    const key = { jobId, subject: `scene:${sceneId}`, attempt: 1 }
    const draft = { sceneId, model: 'veo3', seconds: 4, priceMicroUsd: 1 }
    const request = JSON.stringify({ model: 'm', input: { seed: 1 } })
    const { id } = await openIntent(statements(db), key, draft, { request, leaseUntil: new Date() })
    expect(await findPrediction(db, key)).toEqual(await db.prediction.findUniqueOrThrow({ where: { id } }))
    await markSubmitted(statements(db), id, 'theirs')
    await settlePrediction(statements(db), id, 'succeeded', { outputUrl: 'https://example.com/clip.mp4' })
    expect(await findPrediction(db, key)).toEqual(await db.prediction.findUniqueOrThrow({ where: { id } }))
    await expect(openIntent(statements(db), key, draft)).rejects.toThrow('in the ledger already')
  })

  it.each([
    [
      'in transactions past Prisma',
      (database: Database, work: (tx: Statements) => Promise<void>) => inTransaction(database, jobId, work),
    ],
    [
      'in those of Prisma',
      (database: Database, work: (tx: Statements) => Promise<void>) => database.$transaction(work),
    ],
  ])('write rows as the models do, %s', async (_, transaction) => {
    const at = new Date()
    const form = async () => {
      const text = (column: string) => Prisma.raw(`CAST("${column}" AS TEXT) AS "${column}"`)
      const columns = Prisma.join(['audioMerged', 'decidedAt', 'videoDuration'].map(text))
      return statements(db).$queryRaw(sql`SELECT ${columns} FROM "Job" WHERE "id" = ${jobId}`)
    }
    const change = { decidedAt: at, audioMerged: true, videoDuration: 4 }
    await db.job.update({ where: { id: jobId }, data: change })
    const byModel = await form()
    await db.job.update({ where: { id: jobId }, data: { decidedAt: null, audioMerged: false, videoDuration: null } })
    await transaction(db, (tx) => advanceUnended(tx, jobId, 'starting_render', change))
    expect(await form()).toEqual(byModel)
    expect(await db.job.count({ where: { id: jobId, ...change, updatedAt: { gte: at } } })).toBe(1)
  })

  it('number a job’s events as the models do', async () => {
    await changeScene(db, { id: sceneId, jobId }, 'submitting')
    await db.$transaction((tx) => recordEvent(tx, jobId, 'note', {}))
    await changeScene(db, { id: sceneId, jobId }, 'rendering')
    const events = await db.jobEvent.findMany({ where: { jobId }, orderBy: { seq: 'asc' } })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.filter(({ type }) => type === 'scene').map(({ data }) => data)).toMatchObject([
      { scene_id: sceneId, position: 0, state: 'submitting', attempt: 1, error: null },
      { scene_id: sceneId, position: 0, state: 'rendering', attempt: 1, error: null },
    ])
    expect(events.find(({ type }) => type === 'note')?.at.getTime()).toBeGreaterThanOrEqual(
      events[0]?.at.getTime() ?? 0,
    )
  })

  it('see of other scenes of the job what was written just before, however many move at once', async () => {
    const { clientId, campaignId } = await getJob(db, jobId)
    const job = { type: 'image_pairs', videoName: 'Spring 2', parameters: {}, settings: {}, clientId, campaignId }
    const { id } = await db.job.create({ data: job })
    const positions = Array.from({ length: 12 }, (_, position) => position)
    await db.scene.createMany({ data: positions.map((position) => ({ jobId: id, position, duration: 4 })) })
    const { scenes } = await getJob(db, id)
    await Promise.all(scenes.map((scene) => changeScene(db, scene, 'completed')))
    const { percentage, eventSeq } = await getJob(db, id)
    expect(percentage).toBe(renderPercentage(scenes.map(() => 'completed')))
    expect(await db.jobEvent.count({ where: { jobId: id } })).toBe(eventSeq)
  })

  it('are undone together when one fails, and leave the connection free', async () => {
    const rename = (tx: Statements) => tx.$executeRaw(sql`UPDATE "Job" SET "videoName" = 'x' WHERE "id" = ${jobId}`)
    const failing = inTransaction(db, jobId, async (tx) => {
      await rename(tx)
      await tx.$executeRaw(sql`INSERT INTO "Setting" ("key") VALUES ('without a value')`)
    })
    await expect(failing).rejects.toThrow()
    expect((await getJob(db, jobId)).videoName).toBe('Spring 1')
  })

  it('keep to themselves what a transaction of the models has not committed', async () => {
    const setting = sql`SELECT "value" FROM "Setting" WHERE "key" = 'slow'`
    let reading: PromiseLike<unknown> | undefined
    await db.$transaction(async (tx) => {
      await tx.setting.create({ data: { key: 'slow', value: 'first' } })
      reading = statements(db).$queryRaw(setting)
      await tx.setting.update({ where: { key: 'slow' }, data: { value: 'last' } })
    })
    // SQLite's wait for the transaction, PostgreSQL's look past it.
    expect([[], [{ value: 'last' }]]).toContainEqual(await reading)
  })

  it('take no view of one client', () => {
    expect(() => statements(scopeToClient(db, 'acme'))).toThrow('the whole database')
  })
})
