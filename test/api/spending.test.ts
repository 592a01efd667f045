import { afterAll, beforeAll, expect, it } from 'vitest'
import { type JobApi, startJobApi } from './sample-jobs.ts'

let api: JobApi
beforeAll(async () => {
  api = await startJobApi()
})
afterAll(() => api.close())

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
const RUNNING = { paused: false, by: null, since: null, reason: null, spent_today: 0, spent_total: 0, currency: 'USD' }

it('is paused with who, when and why, until it is resumed', async () => {
  expect(await api.v3('GET', '/spending')).toMatchObject({ status: 200, json: RUNNING })
  const paused = await api.v3('POST', '/spending/pause', { reason: 'the card is lost', by: 'Anna' })
  expect(paused).toMatchObject({
    status: 200,
    json: { paused: true, by: 'Anna', reason: 'the card is lost', since: TIME },
  })
  expect((await api.v3('GET', '/spending')).json).toEqual(paused.json)

  // A second pause does not hide who paused first.
  expect((await api.v3('POST', '/spending/pause', { by: 'Ben' })).json).toEqual(paused.json)
  expect(await api.v3('POST', '/spending/resume')).toMatchObject({ status: 200, json: RUNNING })
  expect(await api.v3('POST', '/spending/resume')).toMatchObject({ status: 200, json: RUNNING })
})

it('is paused without a body too', async () => {
  const paused = await api.v3('POST', '/spending/pause')
  expect(paused).toMatchObject({ status: 200, json: { paused: true, by: 'anyone on this machine', reason: null } })
  expect((await api.v3('POST', '/spending/pause', { reason: 7 })).status).toBe(422)
  await api.v3('POST', '/spending/resume')
})

it('counts what was bought, today and in all', async () => {
  const film = await api.film({ microUsd: 400_000 })
  const old = await api.film({ microUsd: 350_000 })
  const postedAt = new Date(Date.now() - 48 * 60 * 60_000)
  await api.db.prediction.updateMany({ where: { jobId: old.id }, data: { postedAt } })
  expect((await api.v3('GET', '/spending')).json).toMatchObject({ spent_today: 0.4, spent_total: 0.75 })
  await api.db.prediction.updateMany({ where: { jobId: film.id }, data: { state: 'failed' } })
  expect((await api.v3('GET', '/spending')).json).toMatchObject({ spent_today: 0, spent_total: 0.35 })
})
