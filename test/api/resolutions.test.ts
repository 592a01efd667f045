/** What an operator may decide about a purchase of unknown outcome, and what then goes on; no workflow runs here. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordRestore } from '../../prisma/queries/restores.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'
import { oneOfEverything, type World } from './two-clients.ts'

const told: string[] = []
let api: TestApi
let mine: World
let theirs: World
beforeAll(async () => {
  // It has forgotten all inputs but one: the operator's word has to do.
  const provider = { get: async (id: string) => ({ id, input: id === 'marked' ? { seed: 7 } : {} }) } as never
  const workflows = { revise: async (jobId: number, number: number) => void told.push(`${jobId}/${number}`) } as never
  api = await startTestApi({ API_AUTH_KEY: 'root' }, { provider, workflows })
  // Of rows that have no secret of tokens yet.
  await recordRestore(api.db, { asOf: new Date(Date.now() - 1_000), at: new Date() }, false)
  mine = await oneOfEverything(api, 'Harbour Homes')
  theirs = await oneOfEverything(api, 'Secret Towers')
})
afterAll(() => api.close())

const resolve = ({ prediction, key }: World, body: object) =>
  api.call('POST', `/api/v3/predictions/${prediction.id}/resolve`, body, { 'x-api-key': key })

it('adopts nothing that is another purchase, and tells nobody of other clients', async () => {
  await api.db.job.update({ where: { id: mine.job.id }, data: { status: 'failed', stage: 'failed' } })
  await api.db.scene.update({ where: { id: mine.scene.id }, data: { state: 'failed' } })
  await api.db.prediction.update({
    where: { id: theirs.prediction.id },
    data: { providerId: 'taken', state: 'failed' },
  })
  const adopt = (provider_id: string) => resolve(mine, { resolution: 'adopt', provider_id })
  const { status, json } = await adopt('taken')
  expect(status).toBe(422)
  expect(json).toEqual({
    error: 'Prediction cannot be resolved',
    reason: 'taken stands in the ledger already, for another purchase',
  })
  // The same answer as for a purchase of one's own.
  const [subject, attempt] = [mine.prediction.subject, 2]
  const own = { jobId: mine.job.id, sceneId: mine.scene.id, subject, attempt, model: 'veo3', seconds: 4 }
  const { id } = await api.db.prediction.create({
    data: { ...own, priceMicroUsd: 1, token: 'own', state: 'failed', providerId: 'own' },
  })
  expect((await adopt('own')).json.reason).toBe('own stands in the ledger already, for another purchase')
  await api.db.prediction.delete({ where: { id } })
  expect(await api.db.prediction.findUnique({ where: { id: mine.prediction.id } })).toMatchObject({ state: 'unknown' })
  expect((await adopt('free')).status).toBe(200)
  expect(told).toEqual([`${mine.job.id}/1`])
})

const unknown = async ({ prediction }: World) => {
  await api.db.prediction.update({
    where: { id: prediction.id },
    data: { state: 'unknown', providerId: null, resolution: null, resolvedBy: null, resolvedAt: null },
  })
  await api.db.revision.deleteMany({ where: { jobId: theirs.job.id } })
}
const state = async ({ prediction }: World) =>
  (await api.db.prediction.findUniqueOrThrow({ where: { id: prediction.id } })).state
const setJob = (data: object) => api.db.job.update({ where: { id: theirs.job.id }, data })

it.each([
  ['whose job was canceled', { status: 'failed', stage: 'canceled' }, /^Its job has ended \(canceled\), .*abandon it$/],
  [
    'whose film was finished without it',
    { status: 'completed', stage: 'completed' },
    /finished without it.*abandon it$/,
  ],
])('leaves one alone that nothing would go on with: %s', async (_, job, reason) => {
  await unknown(theirs)
  await setJob(job)
  for (const body of [{ action: 'pay_again' }, { action: 'adopt', provider_id: 'late' }]) {
    expect(await resolve(theirs, body)).toMatchObject({
      status: 422,
      json: { error: 'Prediction cannot be resolved', reason: expect.stringMatching(reason) },
    })
    expect(await state(theirs)).toBe('unknown')
  }
  expect(await resolve(theirs, { action: 'abandon' })).toMatchObject({ status: 200, json: { revision: null } })
})

it('leaves one alone that was made anew since', async () => {
  await unknown(theirs)
  await setJob({ status: 'failed', stage: 'failed' })
  const { subject } = theirs.prediction
  const own = { jobId: theirs.job.id, sceneId: theirs.scene.id, subject, model: 'veo3', seconds: 4, priceMicroUsd: 1 }
  const { id } = await api.db.prediction.create({ data: { ...own, attempt: 2, token: 'second' } })
  const { json } = await resolve(theirs, { action: 'pay_again' })
  expect(json.reason).toBe('It was made anew since, by attempt 2, so nothing would take what it made: abandon it')
  await api.db.prediction.delete({ where: { id } })
})

it('lets music be decided about once nothing more is made of its job', async () => {
  await unknown(theirs)
  const { id } = theirs.prediction
  await api.db.prediction.update({ where: { id }, data: { sceneId: null, subject: 'music:0', soundtrack: 1 } })
  await setJob({ status: 'processing', stage: 'audio_generation' })
  const { status, json } = await resolve(theirs, { action: 'pay_again' })
  expect([status, json.reason]).toEqual([422, expect.stringMatching(/still being made: decide when that has ended$/)])
  await setJob({ status: 'failed', stage: 'failed' })
  expect(await resolve(theirs, { action: 'pay_again' })).toMatchObject({
    status: 200,
    json: { revision: { kind: 'retry', state: 'queued' } },
  })
})

it('adopts one with another token where a restore has lost what tokens are made of', async () => {
  await unknown(theirs)
  await setJob({ status: 'failed', stage: 'failed' })
  expect(await resolve(theirs, { action: 'adopt', provider_id: 'marked' })).toMatchObject({ status: 200 })
})
