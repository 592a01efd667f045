/** What may be spent: budgets of a job, a campaign, a client and a day, and what happens when they have too little left. */
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerOnNode } from '../../api/answer-on-node.ts'
import { createApp } from '../../api/app.ts'
import { priceOfGoingOn } from '../../api/predictions/price-of-going-on.ts'
import { watchChanges } from '../../prisma/changes.ts'
import { openDatabase } from '../../prisma/client.ts'
import { OverBudget } from '../../prisma/queries/budgets.ts'
import { createCampaign } from '../../prisma/queries/campaigns.ts'
import { createClient } from '../../prisma/queries/clients.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { getJob } from '../../prisma/queries/jobs.ts'
import { type JobApi, SETTINGS, startJobApi } from './sample-jobs.ts'
import { makeKey } from './two-clients.ts'

const ROOT = { 'x-api-key': 'root' }
/** How often two race for a budget. */
const TRIES = process.env.TEST_BREADTH === 'off' ? 24 : 100
/** What a job of these tests is estimated to cost, in USD. */
const JOB_USD = 2.4

let api: JobApi
beforeAll(async () => {
  api = await startJobApi({ API_AUTH_KEY: 'root' })
})
afterAll(() => api.close())
/** No budget is left from the test before, and nothing is under way. */
beforeEach(async () => {
  for (const table of [api.db.client, api.db.campaign] as { updateMany: (args: object) => Promise<unknown> }[]) {
    await table.updateMany({ data: { budgetCents: null } })
  }
  await api.db.revision.updateMany({ data: { state: 'completed' } })
  await api.db.job.updateMany({ where: { decision: 'approved' }, data: { status: 'completed' } })
})

const v3 = (method: string, at: string, body?: unknown, headers: Record<string, string> = ROOT) =>
  api.v3(method, at, body, headers)
const approve = (id: number, body: object = {}, headers = ROOT) => v3('POST', `/jobs/${id}/approve`, body, headers)

async function newCampaign(budgetUsd: number | null, clientUsd: number | null = null) {
  const cents = (usd: number | null) => (usd === null ? null : usd * 100)
  const client = await createClient(api.db, { name: 'Budgeted', budgetCents: cents(clientUsd) })
  return createCampaign(api.db, { name: 'Spring', clientId: client.id, budgetCents: cents(budgetUsd) })
}

describe('a budget', () => {
  it.each([
    ['clients', 'budget_usd', 'budget_usd'],
    ['clients', 'budgetUsd', 'budget_usd'],
    ['campaigns', 'budget_usd', 'budgetUsd'],
    ['campaigns', 'budgetUsd', 'budgetUsd'],
  ])('of %s is set as %s, and taken away by null', async (list, written, shown) => {
    const body = { name: 'X', client_id: api.client.id, [written]: '12.5' }
    const { json } = await v3('POST', `/${list}`, body)
    expect(json.data[shown]).toBe(12.5)
    const at = `/${list}/${json.data.id}`
    expect((await v3('PATCH', at, { name: 'Y' })).json.data[shown]).toBe(12.5)
    expect((await v3('GET', `${at}/stats`)).json.data).toMatchObject({ budget: 12.5, totalCommitted: 0 })
    expect((await v3('PUT', at, { [written]: null })).json.data[shown]).toBe(null)
    for (const wrong of [-1, 0.005, 'much', 1e9]) {
      const refused = await v3('PATCH', at, { [written]: wrong })
      expect(refused, String(wrong)).toMatchObject({ status: 422, json: { error: { code: 'validation_failed' } } })
      expect(Object.keys(refused.json.error.details)).toEqual(['budget_usd'])
    }
  })

  it('is changed by operators alone, once there is a client or a campaign to change', async () => {
    const key = { 'x-api-key': await makeKey(api, 'Cleo', 'creator') }
    const made = await v3('POST', '/campaigns', { name: 'X', client_id: api.client.id, budget_usd: 5 }, key)
    const at = `/campaigns/${made.json.data.id}`
    expect((await v3('PATCH', at, { name: 'Y', budget_usd: 5 }, key)).status).toBe(200)
    const refused = await v3('PATCH', at, { budget_usd: 500 }, key)
    expect(refused).toMatchObject({ status: 403, json: { error: { message: expect.stringMatching(/an operator/) } } })
    expect((await v3('PATCH', at, { budget_usd: 500 })).json.data.budgetUsd).toBe(500)
  })
})

describe('an approval', () => {
  it.each([
    ['campaign', 'campaign'],
    ['client', 'client'],
    ['job', 'job'],
  ])("beyond its %s's budget is answered 422 with the figures, and changes nothing", async (scope) => {
    const of = await newCampaign(scope === 'campaign' ? 4 : null, scope === 'client' ? 4 : null)
    const first = await api.job({ of })
    const second = await api.job({ of })
    if (scope === 'job') await api.db.job.update({ where: { id: second.id }, data: { budgetCents: 200 } })
    expect((await approve(first.id)).status).toBe(200)
    const limit = scope === 'job' ? 2 : 4
    const committed = scope === 'job' ? 0 : JOB_USD
    const { status, json } = await approve(second.id)
    expect({ status, json }).toEqual({
      status: 422,
      json: {
        ...{ error: 'Job cannot be approved', job_id: second.id, current_status: 'pending' },
        reason: `It would cost $2.40, which is more than the ${scope}'s budget has left: of $${limit}.00, $0.00 is spent and $${committed.toFixed(2)} is approved and not spent yet`,
        budget: { scope, limit, spent: 0, committed, this_job: JOB_USD, currency: 'USD' },
      },
    })
    const now = (await v3('GET', `/jobs/${second.id}`)).json
    expect(now).toMatchObject({ status: 'pending', decision: null, budget_override: null })
    expect(api.told).not.toContain(`decided ${second.id}`)
  })

  it('counts what was spent, and of what is under way what is still to be spent', async () => {
    const of = await newCampaign(5)
    const running = await api.job({ of })
    await approve(running.id)
    const bought = { jobId: running.id, attempt: 1, model: 'veo3', seconds: 4, priceMicroUsd: 800_000 }
    for (const [n, state] of ['succeeded', 'submitted', 'failed'].entries()) {
      await api.db.prediction.create({ data: { ...bought, subject: `scene:${n}`, state, token: `${running.id}-${n}` } })
    }
    const next = await api.job({ of })
    const figures = async () => (await approve(next.id)).json.budget
    await api.db.campaign.update({ where: { id: of.id }, data: { budgetCents: 479 } })
    expect(await figures()).toMatchObject({ spent: 1.6, committed: 0.8 })
    // It failed: what it has not bought is not bought any more.
    await api.db.job.update({ where: { id: running.id }, data: { status: 'failed', stage: 'failed' } })
    await api.db.campaign.update({ where: { id: of.id }, data: { budgetCents: 399 } })
    expect(await figures()).toMatchObject({ spent: 1.6, committed: 0 })
    await api.db.campaign.update({ where: { id: of.id }, data: { budgetCents: 400 } })
    expect((await approve(next.id)).status).toBe(200)
  })

  it('goes over a budget when an operator says so, which the job then shows', async () => {
    const of = await newCampaign(1)
    const { id } = await api.job({ of })
    const key = { 'x-api-key': await makeKey(api, 'Ben', 'approver') }
    const refused = await approve(id, { override: true }, key)
    expect(refused).toMatchObject({
      status: 403,
      json: { error: expect.stringMatching(/takes the key of an operator/) },
    })
    const olga = { 'x-api-key': await makeKey(api, 'Olga', 'operator') }
    expect((await approve(id, { override: 'true' }, olga)).status).toBe(200)
    expect((await v3('GET', `/jobs/${id}`)).json).toMatchObject({
      status: 'approved',
      budget_override: {
        ...{ by: 'Olga', at: expect.stringMatching(/^20\d\d-/) },
        budgets: [{ scope: 'campaign', limit: 1, spent: 0, committed: 0, this_job: JOB_USD, currency: 'USD' }],
      },
    })
    const types = (await api.db.jobEvent.findMany({ where: { jobId: id } })).map(({ type }) => type)
    expect(types).toContain('budget_overridden')
  })

  it('without need for it is an override of nothing', async () => {
    const { id } = await api.job({ of: await newCampaign(100) })
    expect((await approve(id, { override: true })).status).toBe(200)
    expect((await v3('GET', `/jobs/${id}`)).json.budget_override).toBe(null)
  })

  it("keeps what all clients spend from whoever sees one, who can't go over the day's budget either", async () => {
    const there = await serve({ dayMicroUsd: 1_000_000 })
    const { id } = await api.job()
    const ask = async (key: string, body: object) => {
      const headers = { 'x-api-key': key, 'content-type': 'application/json' }
      const response = await fetch(`${there.url}/api/v3/jobs/${id}/approve`, {
        ...{ method: 'POST', headers, body: JSON.stringify(body) },
      })
      return { status: response.status, json: await response.json() }
    }
    const hidden = { scope: 'day', limit: null, spent: null, committed: null, this_job: JOB_USD, currency: 'USD' }
    const reason = "It would cost $2.40, which is more than today's budget (UTC) has left"
    const theirs = await makeKey(api, 'Nils', 'operator', api.client.id)
    for (const body of [{}, { override: true }]) {
      expect(await ask(theirs, body)).toMatchObject({ status: 422, json: { reason, budget: hidden } })
    }
    expect(await ask('root', {})).toMatchObject({ status: 422, json: { budget: { scope: 'day', limit: 1, spent: 0 } } })
    expect((await ask('root', { override: true })).status).toBe(200)
    await there.close()
  })
})

describe('what is asked of a job later', () => {
  const sceneOf = async (jobId: number) =>
    (await api.db.scene.findFirstOrThrow({ where: { jobId }, orderBy: { position: 'asc' } })).id

  /** A film of which nothing more may be bought. */
  async function spentFilm(change: object = {}) {
    const film = await api.film()
    await api.db.job.update({ where: { id: film.id }, data: change })
    await api.db.campaign.update({ where: { id: film.campaignId }, data: { budgetCents: 1 } })
    return film.id
  }
  const failed = { status: 'failed', stage: 'failed', audioHash: null }

  it.each([
    {
      asked: 'a scene rendered again',
      path: async (id: number) => `/jobs/${id}/scenes/${await sceneOf(id)}/regenerate`,
      ...{ change: {}, cost: 0.8, error: 'Scene cannot be regenerated' },
    },
    {
      asked: 'late music',
      path: () => '/audio/generate-scenes',
      ...{ change: { audioStatus: null }, cost: 0.21, error: "The job's music can't be made" },
    },
    {
      asked: 'a retry',
      path: (id: number) => `/jobs/${id}/retry`,
      ...{ change: failed, cost: 0.8, error: 'Job cannot be retried' },
    },
  ])('$asked is refused for a budget too, until an operator overrides', async ({ path, change, cost, error }) => {
    const id = await spentFilm(change)
    if (change === failed) {
      await api.db.scene.updateMany({ where: { jobId: id, position: 2 }, data: { state: 'failed', clipHash: null } })
    }
    const at = await path(id)
    const { status } = await api.db.job.findUniqueOrThrow({ where: { id } })
    const refused = await v3('POST', at, { job_id: id })
    expect(refused).toMatchObject({ status: 422, json: { error, job_id: id, current_status: status } })
    expect(refused.json.budget).toMatchObject({ scope: 'campaign', limit: 0.01, this_job: cost })
    expect(await api.db.revision.count({ where: { jobId: id } })).toBe(0)
    expect(await v3('POST', at, { job_id: id, override: true })).toMatchObject({ status: 202 })
    expect((await v3('GET', `/jobs/${id}`)).json.budget_override).toMatchObject({ by: expect.any(String) })
    // Until it is done it counts as committed.
    const { campaignId } = await api.db.job.findUniqueOrThrow({ where: { id } })
    const { totalCommitted } = (await v3('GET', `/campaigns/${campaignId}/stats`)).json.data
    expect(totalCommitted).toBeCloseTo(cost, 6)
  })

  it('a purchase of unknown outcome is paid for again within the budgets alone, and abandoned whatever they are', async () => {
    const id = await spentFilm()
    const wish = { kind: 'regenerate', number: 1, state: 'failed', startedAt: new Date() }
    const { id: revisionId } = await api.db.revision.create({ data: { jobId: id, ...wish } })
    const sceneId = await sceneOf(id)
    await api.db.sceneRevision.create({ data: { revisionId, sceneId, changes: {}, firstAttempt: 2, state: 'failed' } })
    const { id: predictionId } = await api.db.prediction.create({
      data: {
        ...{ jobId: id, sceneId, subject: `scene:${sceneId}`, attempt: 2, model: 'veo3', seconds: 4 },
        ...{ priceMicroUsd: 800_000, token: `unknown-${id}`, state: 'unknown' },
      },
    })
    const resolve = (body: object) => v3('POST', `/predictions/${predictionId}/resolve`, body)
    const refused = await resolve({ resolution: 'pay_again' })
    expect(refused).toMatchObject({ status: 422, json: { error: 'Prediction cannot be resolved' } })
    expect(refused.json.budget).toMatchObject({ scope: 'campaign', this_job: 0.8 })
    expect((await api.db.prediction.findUniqueOrThrow({ where: { id: predictionId } })).state).toBe('unknown')
    expect((await resolve({ resolution: 'abandon' })).status).toBe(200)
  })

  it('a purchase of unknown outcome asks for all that is bought with it, adopted or paid for again', async () => {
    const { id, scenes } = await api.film()
    const sceneId = scenes[0]?.id ?? ''
    const wish = { kind: 'regenerate', number: 1, state: 'failed', startedAt: new Date(), music: true, soundtrack: 2 }
    const { id: revisionId } = await api.db.revision.create({ data: { jobId: id, ...wish } })
    await api.db.sceneRevision.create({ data: { revisionId, sceneId, changes: {}, firstAttempt: 2, state: 'failed' } })
    const key = { jobId: id, attempt: 2, model: 'veo3', seconds: 4, state: 'unknown' }
    const clip = { ...key, sceneId, subject: `scene:${sceneId}`, priceMicroUsd: 800_000, token: `clip-${id}` }
    const piece = { ...key, subject: 'music:1', soundtrack: 2, priceMicroUsd: 70_000, token: `piece-${id}` }
    const [ofClip, ofPiece] = [
      await api.db.prediction.create({ data: clip }),
      await api.db.prediction.create({ data: piece }),
    ]
    const prices = async (one: typeof ofClip) => {
      const job = await getJob(api.db, id)
      return [await priceOfGoingOn(one, 'adopt')(api.db, job), await priceOfGoingOn(one, 'pay_again')(api.db, job)]
    }
    // With the music that the regeneration was to have; and the piece with the two beside it, of which one is there later.
    expect(await prices(ofClip)).toEqual([210_000, 1_010_000])
    expect(await prices(ofPiece)).toEqual([140_000, 210_000])
    const silence = {
      jobId: id,
      soundtrack: 2,
      position: 0,
      duration: 4,
      token: `silence-${id}`,
      expiresAt: new Date(),
    }
    await api.db.audioSegment.create({ data: silence })
    expect(await prices(ofPiece)).toEqual([70_000, 140_000])
    // A failed job goes on to its music. Of the variants that were asked for none but this one is bought.
    const settings = { ...SETTINGS, variants: 3, music: { ...SETTINGS.music, auto: true } }
    await api.db.job.update({ where: { id }, data: { ...failed, settings, soundtrack: 2 } })
    expect(await prices(ofClip)).toEqual([210_000, 1_010_000])
    expect(await prices(ofPiece)).toEqual([140_000, 210_000])
  })

  it('costs nothing and asks no budget where it buys nothing', async () => {
    const id = await spentFilm(failed)
    expect((await v3('POST', `/jobs/${id}/retry`)).status).toBe(202)
  })
})

describe('two approvals at the same moment, on two servers', () => {
  it(`never both pass a budget that holds one of them: ${TRIES} tries`, async () => {
    await api.db.prediction.deleteMany()
    const tries = await rivals(TRIES)
    const servers = await Promise.all([serve({}), serve({})])
    const daily = await Promise.all([serve({ dayMicroUsd: 4_000_000 }), serve({ dayMicroUsd: 4_000_000 })])
    for (const [n, { scope, ids }] of tries.entries()) {
      // By HTTP what one process does on SQLite comes out one after the other, so half of them meet in the queries.
      const decide = n % 2 === 0 ? approveOn : approveIn
      const asked = ids.map((id, m) => decide((scope === 'day' ? daily : servers)[m] as Server, id))
      expect((await Promise.all(asked)).sort(), `${scope}, jobs ${ids}`).toEqual([200, 422])
      // It has ended, and what it did not spend is free again: the day's budget counts all clients.
      await api.db.job.updateMany({ where: { id: { in: ids } }, data: { status: 'failed' } })
    }
    expect(await api.db.job.count({ where: { videoName: 'Rival', decision: 'approved' } })).toBe(tries.length)
    await Promise.all([...servers, ...daily].map((server) => server.close()))
  })
})

type Server = Awaited<ReturnType<typeof serve>>

const approveOn = async ({ url }: Server, id: number) =>
  (await fetch(`${url}/api/v3/jobs/${id}/approve`, { method: 'POST', headers: ROOT })).status

/** The same without a request, and what it would be answered. */
const approveIn = ({ db, budgets }: Server, id: number) =>
  approveJob(db, id, { by: null, note: null }, { spender: { limits: budgets, overrides: () => false, by: null } }).then(
    (isDecided) => (isDecided ? 200 : 409),
    (error) => (error instanceof OverBudget ? 422 : error),
  )

/** Pairs of jobs that cost 2.40 each, where a campaign, a client or the day has 4 for both. */
async function rivals(pairs: number): Promise<{ scope: string; ids: number[] }[]> {
  const all = Array.from({ length: pairs }, (_, n) => ({
    id: randomUUID(),
    scope: ['campaign', 'client', 'day'][n % 3],
  }))
  const holds = (scope: string | undefined, one: string) => (scope === one ? 400 : null)
  await api.db.client.createMany({
    data: all.map(({ id, scope }) => ({ id, name: 'Rivals', metadata: {}, budgetCents: holds(scope, 'client') })),
  })
  await api.db.campaign.createMany({
    data: all.map(({ id, scope }) => {
      return { id, clientId: id, name: 'Rivals', metadata: {}, budgetCents: holds(scope, 'campaign') }
    }),
  })
  const waiting = { type: 'image_pairs', parameters: {}, settings: SETTINGS, storyboardVersion: 1 }
  await api.db.job.createMany({
    data: [...all, ...all].map(({ id }) => {
      return { ...waiting, campaignId: id, clientId: id, videoName: 'Rival', estimateMicroUsd: 2_400_000 }
    }),
  })
  const rows = await api.db.job.findMany({ where: { videoName: 'Rival' }, select: { id: true, campaignId: true } })
  return all.map(({ id, scope = '' }) => {
    return { scope, ids: rows.filter(({ campaignId }) => campaignId === id).map((row) => row.id) }
  })
}

/** Another server on the same rows, with limits of its own. */
async function serve(limits: { jobMicroUsd?: number; dayMicroUsd?: number }) {
  const { config } = api.deps
  const db = await openDatabase(config.database)
  const changes = watchChanges(db)
  const budgets = { ...config.budgets, ...limits }
  const app = createApp({ ...api.deps, config: { ...config, budgets }, db, changes })
  const server = createAdaptorServer({ fetch: answerOnNode(app) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    db,
    budgets,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      changes.close()
      await db.$disconnect()
    },
  }
}
