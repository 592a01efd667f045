/** What both databases do alike. */
import { fork } from 'node:child_process'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, Prisma } from '../../prisma/client.ts'
import { scopeToClient } from '../../prisma/client-scope.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await createTestDatabase()
  db = await openDatabase(database.location)
})
afterAll(async () => {
  await db.$disconnect()
  await database.remove()
})

const increment = (on: Database, key: string) =>
  on.$transaction(async (tx) => {
    const row = await tx.setting.findUniqueOrThrow({ where: { key } })
    await tx.setting.update({ where: { key }, data: { value: String(Number(row.value) + 1) } })
  })

describe('the database', () => {
  it('applies the migrations once and opens again', async () => {
    const again = await openDatabase(database.location)
    expect(await again.job.count()).toBe(0)
    await again.$disconnect()
  })

  it('keeps a plain query out of a transaction that is open and rolls back', async () => {
    let outside: Promise<unknown> = Promise.resolve()
    await expect(
      db.$transaction(async (tx) => {
        await tx.setting.create({ data: { key: 'inside', value: '1' } })
        outside = db.setting.create({ data: { key: 'outside', value: '1' } })
        await tx.setting.count()
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await outside
    expect(await db.setting.findUnique({ where: { key: 'outside' } })).not.toBeNull()
    expect(await db.setting.findUnique({ where: { key: 'inside' } })).toBeNull()
  })

  it('loses no update of reads that turn into writes, among 40 at once and another process', async () => {
    await db.setting.create({ data: { key: 'counter', value: '0' } })
    const program = path.join(import.meta.dirname, 'increment-counter.ts')
    const other = fork(program, [JSON.stringify(database.location), '40'], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    const exited = new Promise((resolve) => other.on('exit', resolve))
    await Promise.all(Array.from({ length: 40 }, () => increment(db, 'counter')))
    expect(await exited).toBe(0)
    expect(await db.setting.findUnique({ where: { key: 'counter' } })).toMatchObject({ value: '80' })
  })

  it('lets one of two transactions see what the other did, where each looks before it writes what the other looks for', async () => {
    const onlyOne = (mine: string) =>
      db.$transaction(async (tx) => {
        if ((await tx.setting.count({ where: { value: 'on call' } })) === 0) {
          await tx.setting.create({ data: { key: mine, value: 'on call' } })
        }
      })
    await Promise.all(['Anna', 'Ben', 'Cleo', 'Dan'].map(onlyOne))
    expect(await db.setting.count({ where: { value: 'on call' } })).toBe(1)
  })

  it('numbers anew what takes the next number at the same moment', async () => {
    const { jobId } = await job('Numbers')
    const next = () =>
      db.$transaction(async (tx) => {
        const { _max } = await tx.revision.aggregate({ where: { jobId }, _max: { number: true } })
        return tx.revision.create({ data: { jobId, number: (_max.number ?? 0) + 1, kind: 'retry' } })
      })
    const revisions = await Promise.all(Array.from({ length: 8 }, next))
    expect(revisions.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('keeps a transaction of one client’s view within that view', async () => {
    const mine = await client('Mine')
    const theirs = await client('Theirs')
    const view = scopeToClient(db, mine.id)
    const seen = await view.$transaction((tx) => tx.client.findMany({ where: { id: { in: [mine.id, theirs.id] } } }))
    expect(seen.map(({ name }) => name)).toEqual(['Mine'])
  })

  it('gives back what it was given: moments to the millisecond, JSON in its order, fractions', async () => {
    const metadata = { zebra: 1, apple: [null, 'ß', { b: 1, a: 2.5 }], quote: `'"\\` }
    const deletedAt = new Date('2026-03-29T01:30:00.007Z')
    const { id } = await db.client.create({ data: { name: 'Ünïcode 🎬', metadata, deletedAt } })
    const row = await db.client.findUniqueOrThrow({ where: { id } })
    expect(row).toMatchObject({ name: 'Ünïcode 🎬', deletedAt, brandGuidelines: null })
    expect(JSON.stringify(row.metadata)).toBe(JSON.stringify(metadata))
    const { id: same } = await db.client.findFirstOrThrow({ where: { deletedAt: { gte: deletedAt, lte: deletedAt } } })
    expect(same).toBe(id)
  })

  it.each([
    ['in the other case', 'LAKE', true],
    ['of an umlaut, as it is', 'Ü 50%', true],
    ['of an umlaut in the other case, which is another letter', 'ü 50%', false],
    ['with a percent sign, which means itself', '50%_', true],
    ['where such a sign stands for nothing', 'L%e', false],
    ['of two letters in the other case', 'AK', true],
    ['of an umlaut between letters in the other case', 'SIDE Ü 5', true],
    ['of digits alone', '50', true],
    ['of no letter but an umlaut in the other case', 'ü 5', false],
    ['with a backslash', 'a\\b', true],
  ])('looks for a part of a name %s', async (_, part, isFound) => {
    const { jobId } = await job('Lakeside Ü 50%_off a\\b')
    const contains = part.replace(/[\\%_]/g, '\\$&')
    expect(await db.job.count({ where: { id: jobId, videoName: { contains } } })).toBe(isFound ? 1 : 0)
  })

  it('says which rule a write would break', async () => {
    await db.setting.create({ data: { key: 'twice', value: '' } })
    const codeOf = (write: Promise<unknown>) =>
      write.then(
        () => null,
        (error: unknown) => error instanceof Prisma.PrismaClientKnownRequestError && error.code,
      )
    expect(await codeOf(db.setting.create({ data: { key: 'twice', value: '' } }))).toBe('P2002')
    expect(await codeOf(db.campaign.create({ data: { name: '', clientId: 'nobody', metadata: {} } }))).toBe('P2003')
    expect(await codeOf(db.setting.delete({ where: { key: 'nothing' } }))).toBe('P2025')
  })
})

const client = (name: string) => db.client.create({ data: { name, metadata: {} } })

async function job(videoName: string): Promise<{ jobId: number }> {
  const { id: clientId } = await client('ACME')
  const { id: campaignId } = await db.campaign.create({ data: { name: 'Spring', clientId, metadata: {} } })
  const made = { type: 'image_pairs', videoName, parameters: {}, settings: {}, clientId, campaignId }
  return { jobId: (await db.job.create({ data: made })).id }
}
