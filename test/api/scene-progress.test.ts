/** What scenes say of their progress: what they wait for, what was bought for them, and what a retry will cost. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { openIntent } from '../../prisma/queries/ledger.ts'
import { type JobApi, startJobApi } from './sample-jobs.ts'

let api: JobApi
beforeAll(async () => {
  api = await startJobApi()
})
afterAll(() => api.close())

const scenesOf = async (id: number) => (await api.v3('GET', `/jobs/${id}/scenes`)).json.scenes

async function approvedJob() {
  const job = await api.job()
  await approveJob(api.db, job.id, { by: 'Anna', note: null })
  return job
}

/** Two attempts at a scene: the first failed, the second is what `state` says. */
async function buyTwice(jobId: number, sceneId: string, state: string) {
  const key = (attempt: number) => ({ jobId, subject: `scene:${sceneId}`, attempt })
  const draft = { sceneId, model: 'veo3', seconds: 4, priceMicroUsd: 800_000 }
  await openIntent(api.db, key(1), draft, { state: 'failed', error: 'The filter refused it' })
  await openIntent(api.db, key(2), draft, { state, providerId: `at the provider ${sceneId}`, finishedAt: new Date() })
}

it('says of each what it waits for', async () => {
  const waiting = await api.job()
  expect((await scenesOf(waiting.id))[0].waits_for).toBe('approval')
  const { id, scenes } = await approvedJob()
  await api.db.job.update({ where: { id }, data: { status: 'processing', stage: 'waiting_prediction' } })
  for (const [n, state] of ['pending', 'submitting', 'rendering'].entries()) {
    await api.db.scene.update({ where: { id: scenes[n]?.id ?? '' }, data: { state } })
  }
  const waits = async () => (await scenesOf(id)).map(({ waits_for }: { waits_for: string }) => waits_for)
  expect(await waits()).toEqual(['slot', 'purchase', 'provider'])
  await api.db.scene.updateMany({ where: { jobId: id }, data: { state: 'downloading' } })
  expect(await waits()).toEqual(['download', 'download', 'download'])
  await api.db.job.update({ where: { id }, data: { status: 'failed', stage: 'failed' } })
  expect(await waits()).toEqual([null, null, null])
})

it('says of a scene that renders that a webhook will tell of it, where there are webhooks', async () => {
  const hooked = await startJobApi({ REPLICATE_WEBHOOK_URL: 'https://example.com/api/webhooks/replicate' })
  try {
    const { id } = await hooked.job()
    await hooked.db.job.update({ where: { id }, data: { status: 'processing', stage: 'waiting_prediction' } })
    await hooked.db.scene.updateMany({ where: { jobId: id }, data: { state: 'rendering' } })
    expect((await hooked.v3('GET', `/jobs/${id}/scenes`)).json.scenes[0].waits_for).toBe('webhook')
  } finally {
    await hooked.close()
  }
})

it('lists what was bought for a scene, with what it cost and why it was bought again', async () => {
  const { id, scenes } = await approvedJob()
  await buyTwice(id, scenes[0]?.id ?? '', 'submitted')
  const [scene] = await scenesOf(id)
  expect(scene.render_cost).toBeGreaterThan(0)
  expect(scene.attempts).toMatchObject([
    { attempt: 1, state: 'failed', reason: 'first', cost: 0, error: 'The filter refused it' },
    { attempt: 2, state: 'submitted', reason: 'attempt 1 ended as failed: The filter refused it', cost: 0.8 },
  ])
})

it('lists what was bought for voice-overs and for music, beside what was bought for pictures', async () => {
  const { id, scenes } = await approvedJob()
  const draft = { sceneId: null, model: 'meta/musicgen', seconds: 4, priceMicroUsd: 70_000 }
  const failed = { state: 'failed', error: 'The provider dropped it' }
  await openIntent(api.db, { jobId: id, subject: 'music:1', attempt: 1 }, { ...draft, soundtrack: 1 }, failed)
  await openIntent(api.db, { jobId: id, subject: 'music:1', attempt: 2 }, { ...draft, soundtrack: 1 })
  await openIntent(api.db, { jobId: id, subject: 'voice:2', attempt: 1 }, draft, { state: 'succeeded' })
  const { attempts } = (await api.v3('GET', `/audio/status/${id}`)).json.audio_status
  expect(attempts).toMatchObject([
    { position: 1, soundtrack: 1, attempt: 1, state: 'failed', cost: 0, error: 'The provider dropped it' },
    { position: 1, attempt: 2, reason: 'attempt 1 ended as failed: The provider dropped it' },
  ])
  const spoken = { attempt: 1, state: 'succeeded', reason: 'first', cost: 0.07 }
  const voices = (await scenesOf(id)).map(({ voice_over_attempts: bought }: { voice_over_attempts: unknown }) => bought)
  expect(voices).toMatchObject([[], [], [spoken]])
  const { scene } = (await api.v3('GET', `/jobs/${id}/scenes/${scenes[2]?.id}`)).json
  expect(scene).toMatchObject({ attempts: [], voice_over_attempts: [spoken] })
})

it('says what a retry will cost: what failed, without what was bought and can be had', async () => {
  const { id, scenes } = await approvedJob()
  const retryCost = async () => (await api.v3('GET', `/jobs/${id}`)).json.retry_cost
  expect(await retryCost()).toBeNull()
  await api.db.scene.update({ where: { id: scenes[0]?.id ?? '' }, data: { state: 'completed' } })
  await buyTwice(id, scenes[1]?.id ?? '', 'failed')
  await buyTwice(id, scenes[2]?.id ?? '', 'succeeded')
  await api.db.job.update({ where: { id }, data: { status: 'failed', stage: 'failed' } })
  const [, failed] = await scenesOf(id)
  expect(await retryCost()).toBe(failed.render_cost)
  // As many clips as were asked for last.
  const asked = { kind: 'retry', number: 1, state: 'failed', startedAt: new Date() }
  const { id: revisionId } = await api.db.revision.create({ data: { jobId: id, ...asked } })
  const twice = { revisionId, sceneId: failed.id, changes: {}, firstAttempt: 3, variants: 2 }
  await api.db.sceneRevision.create({ data: twice })
  expect(await retryCost()).toBeCloseTo(2 * failed.render_cost, 6)
})
