import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asServer, inScopeOf, scopedDatabase } from '../../api/auth/caller-scope.ts'
import type { Database } from '../../prisma/client.ts'
import { OutsideClientScope } from '../../prisma/client-scope.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { oneOfEverything, type World } from './two-clients.ts'

let api: TestApi
let db: Database
let mine: World
let theirs: World
beforeAll(async () => {
  api = await startTestApi()
  db = scopedDatabase(api.db)
  mine = await oneOfEverything(api, 'Harbour Homes')
  theirs = await oneOfEverything(api, 'Secret Towers')
})
afterAll(() => api.close())
const asMine = <T>(work: () => Promise<T>) => inScopeOf(mine.client.id, work)

describe("one client's view of the database", () => {
  it('reads, counts and sums its rows alone, in every table', async () => {
    await asMine(async () => {
      expect(await db.client.findMany()).toHaveLength(1)
      expect(await db.campaign.count()).toBe(1)
      expect(await db.asset.findFirst({ where: { OR: [{ name: theirs.name }] } })).toBeNull()
      expect(await db.job.findUnique({ where: { id: theirs.job.id } })).toBeNull()
      expect(await db.scene.count()).toBe(2)
      expect(await db.jobEvent.count()).toBe(1)
      expect(await db.apiKey.findMany()).toMatchObject([{ clientId: mine.client.id }])
      const { _sum } = await db.prediction.aggregate({ _sum: { priceMicroUsd: true } })
      expect(_sum.priceMicroUsd).toBe(1)
      expect(await db.prediction.groupBy({ by: ['jobId'] })).toEqual([{ jobId: mine.job.id }])
    })
  })

  it('changes and deletes its rows alone, in transactions too', async () => {
    await asMine(async () => {
      await db.$transaction(async (tx) => {
        expect((await tx.job.updateMany({ data: { error: 'changed' } })).count).toBe(2)
        expect((await tx.jobEvent.deleteMany()).count).toBe(1)
      })
      await expect(db.job.update({ where: { id: theirs.job.id }, data: { error: 'changed' } })).rejects.toThrow()
      await expect(db.scene.delete({ where: { id: theirs.scene.id } })).rejects.toThrow()
    })
    expect((await api.db.job.findUniqueOrThrow({ where: { id: theirs.job.id } })).error).toBeNull()
  })

  it('gives what it makes to nobody else', async () => {
    const to = theirs.client.id
    await asMine(async () => {
      const tags = { tags: [], metadata: {}, type: 'image' }
      expect((await db.asset.create({ data: { name: 'x', ...tags } })).clientId).toBe(mine.client.id)
      for (const write of [
        () => db.asset.create({ data: { name: 'x', clientId: to, ...tags } }),
        () => db.asset.createMany({ data: [{ name: 'x', clientId: to, ...tags }] }),
        () => db.campaign.create({ data: { name: 'x', metadata: {}, client: { connect: { id: to } } } }),
        () => db.campaign.updateMany({ data: { clientId: to } }),
        () => db.asset.updateMany({ data: { clientId: null } }),
        () => db.client.create({ data: { name: 'x', metadata: {} } }),
      ]) {
        await expect(write()).rejects.toThrow(OutsideClientScope)
      }
    })
  })

  it('takes no raw SQL, which can not be narrowed', async () => {
    await asMine(async () => {
      await expect(db.$queryRawUnsafe('SELECT * FROM "Job"')).rejects.toThrow('Raw SQL')
      await expect(db.$executeRaw`DELETE FROM "Job"`).rejects.toThrow('Raw SQL')
    })
  })
})

describe('the database of the routes', () => {
  it('is all of it for a key of every client, and for what serves several requests', async () => {
    expect(await inScopeOf(null, () => db.client.count())).toBe(2)
    expect(await asMine(() => asServer(() => db.client.count()))).toBe(2)
  })

  it('is nothing on behalf of nobody', () => {
    expect(() => db.client).toThrow('on behalf of nobody')
  })
})
