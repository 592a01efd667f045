import { describe, expect, it } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { BY_SIGNAL } from '../../prisma/queries/budgets.ts'
import { queueFinalize } from '../../prisma/queries/finalize.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { resolvePrediction } from '../../prisma/queries/resolutions.ts'
import {
  endRevision,
  queueChoice,
  queueRegeneration,
  queueRetry,
  type Spending,
} from '../../prisma/queries/revisions.ts'
import { revisionOfAttempt } from '../../prisma/queries/scene-revisions.ts'
import { keepTake } from '../../prisma/queries/takes.ts'
import { FAILURES } from '../../workflows/contract.ts'
import { asker, sceneOf, startRevisionBench } from './revision-help.ts'

const { bench, plan, approved, buy, settle, prediction, row, finished } = await startRevisionBench()

/** A finished draft, whose one scene was bought once. */
async function draft(): Promise<JobWithScenes> {
  const job = await finished()
  const settings = { ...JobSettings.parse(job.settings), quality: 'draft' as const }
  await bench.db.job.update({ where: { id: job.id }, data: { settings } })
  return row(job)
}
const finalize = (job: JobWithScenes) => queueFinalize(bench.db, job.id, asker)
const regenerate = (job: JobWithScenes, variants = 1, changes = {}) =>
  queueRegeneration(bench.db, job.id, [sceneOf(job)], { changes, music: false, variants }, asker)
const end = (job: JobWithScenes, number: number, error: string | null = 'the disk was full') =>
  bench.db.$transaction((tx) => endRevision(tx, job.id, number, error))
const attemptOf = async (job: JobWithScenes, number: number) => (await plan(job, number)).scenes?.[0]?.attempt
const resolve = (id: string, resolution: 'adopt' | 'pay_again' = 'adopt') =>
  resolvePrediction(bench.db, id, {
    resolution,
    providerId: resolution === 'adopt' ? `theirs ${id}` : null,
    by: 'Olga',
  })
/** Another scene of the job, on the same pictures. */
async function addScene(job: JobWithScenes): Promise<string> {
  const { firstAssetId, lastAssetId } = job.scenes[0] ?? {}
  const like = { jobId: job.id, position: 1, duration: 4, firstAssetId, lastAssetId }
  return (await bench.db.scene.create({ data: like })).id
}
const created = () => bench.simulator.bill().predictions.length
const variant = (job: JobWithScenes, attempt: number, variants: number, sceneId = sceneOf(job)) =>
  bench.attempt('submitPrediction', { kind: 'scene', jobId: job.id, sceneId, attempt, variants })
/** Buys several of a scene beside each other. @returns their ids in the ledger */
async function buyAll(job: JobWithScenes, attempts: number[], sceneId?: string): Promise<string[]> {
  const bought = await Promise.all(attempts.map((attempt) => variant(job, attempt, attempts.length, sceneId)))
  return bought.map(({ predictionId }) => predictionId)
}
/** An approved job of one scene, of which several clips are bought. */
async function approvedWith(variants: number): Promise<JobWithScenes> {
  const job = await approved()
  const settings = { ...JobSettings.parse(job.settings), variants }
  await bench.db.job.update({ where: { id: job.id }, data: { settings } })
  return row(job)
}
/** Ends it as failed, with its only scene. */
async function fail(job: JobWithScenes, attempt: number) {
  await bench.attempt('failScene', { jobId: job.id, sceneId: sceneOf(job), attempt, reason: 'no GPU' })
  await bench.attempt('failJob', { jobId: job.id, reason: 'no GPU' })
}
/** Keeps a clip of a scene, and shows it where that is its own rendering. */
async function store(predictionId: string, isDraft = false) {
  const { jobId, sceneId, attempt } = await prediction(predictionId)
  const scene = await bench.db.scene.findUniqueOrThrow({ where: { id: sceneId ?? '', jobId } })
  const clip = { clipHash: predictionId, clipSize: 1, clipFrames: 96, clipDuration: 4, thumbnailHash: predictionId }
  const revised = await revisionOfAttempt(bench.db, scene.id, attempt)
  await settle(predictionId, 'succeeded')
  await keepTake(bench.db, scene, revised, { id: predictionId, attempt }, { ...clip, isDraft })
}
/** Nobody knows whether it was bought. */
const lose = (id: string) => bench.db.prediction.update({ where: { id }, data: { state: 'unknown', providerId: null } })

describe('a draft', () => {
  it('is bought small, and in full quality by the next attempt, with that as its reason', async () => {
    const job = await draft()
    await regenerate(job)
    expect(await attemptOf(job, 1)).toBe(2)
    expect(await prediction(await buy(job, 2))).toMatchObject({
      ...{ model: 'seedance-1-pro-480p', seconds: 4, priceMicroUsd: 120_000 },
      request: { model: 'bytedance/seedance-1-pro', input: { resolution: '480p', duration: 4 } },
    })
    await end(job, 1, null)
    await finalize(job)
    expect(await plan(job, 2)).toMatchObject({
      revision: { kind: 'regenerate' },
      scenes: [{ attempt: 3 }],
      music: null,
    })
    const bought = await prediction(await buy(job, 3))
    expect(bought).toMatchObject({ model: 'veo3', priceMicroUsd: 800_000, reason: 'finalize: revision 2 by Anna' })
  })

  it('ends on the last picture where its film will, and is as long as its scene whatever the model of that renders', async () => {
    const job = await draft()
    const requested = async (attempt: number) => (await prediction(await buy(job, attempt))).request
    await regenerate(job)
    await plan(job, 1)
    expect(await requested(2)).toMatchObject({ input: { duration: 4, last_frame_image: expect.any(String) } })
    await end(job, 1, null)
    await regenerate(job, 1, { model: 'hailuo-2.3' })
    await plan(job, 2)
    expect(await requested(3)).toMatchObject({ input: { duration: 4, image: expect.any(String) } })
    expect(await requested(3)).not.toHaveProperty('input.last_frame_image')
    await end(job, 2, null)
    await bench.db.scene.update({ where: { id: sceneOf(job) }, data: { model: 'hailuo-2.3' } })
    await finalize(job)
    await plan(job, 3)
    expect(await prediction(await buy(job, 4))).toMatchObject({
      model: 'hailuo-2.3',
      seconds: 6,
      priceMicroUsd: 280_000,
    })
  })

  it('is finalized for one payment although the answer to the POST was lost', async () => {
    const job = await draft()
    await finalize(job)
    expect(await attemptOf(job, 1)).toBe(2)
    const before = created()
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'reset', when: 'after' } }])
    await expect(buy(job, 2)).rejects.toMatchObject({ type: FAILURES.outcomePending })
    // Whoever takes up a worker's place plans the same, and looks before it buys.
    expect(await attemptOf(job, 1)).toBe(2)
    await bench.quiet()
    const bought = await prediction(await buy(job, 2))
    expect(bought).toMatchObject({ state: 'submitted', attempt: 2 })
    expect(created() - before).toBe(1)
  })

  it('goes on, after finalizing it failed, with what that bought, and never with a draft of the same words', async () => {
    const job = await draft()
    await regenerate(job)
    await plan(job, 1)
    await settle(await buy(job, 2), 'succeeded')
    await end(job, 1)
    await finalize(job)
    expect(await attemptOf(job, 2)).toBe(3)
    await settle(await buy(job, 3), 'succeeded')
    await end(job, 2)
    await finalize(job)
    expect(await attemptOf(job, 3)).toBe(3)
    await end(job, 3)
    await regenerate(job)
    expect(await attemptOf(job, 4)).toBe(4)
  })

  it('shows no draft beside what an operator adopted: a scene that could not be bought then is bought', async () => {
    const job = await draft()
    const other = await addScene(job)
    const drafted = { kind: 'scene', jobId: job.id, sceneId: other, attempt: 1 } as const
    await settle((await bench.attempt('submitPrediction', drafted)).predictionId, 'succeeded')
    await finalize(job)
    await plan(job, 1)
    const lost = await buy(job, 2)
    await lose(lost)
    await end(job, 1)
    expect(await resolve(lost)).toMatchObject({ revision: { number: 2, kind: 'finalize' } })
    expect((await plan(job, 2)).scenes).toEqual([
      { id: sceneOf(job), attempt: 2 },
      { id: other, attempt: 2 },
    ])
  })

  it('is finalized with the words of the take that was chosen after that failed', async () => {
    const job = await draft()
    await regenerate(job, 1, { prompt: 'The red turns green' })
    await plan(job, 1)
    await store(await buy(job, 2), true)
    await end(job, 1, null)
    await finalize(job)
    await plan(job, 2)
    await settle(await buy(job, 3), 'succeeded')
    await end(job, 2)
    await queueChoice(bench.db, job.id, { sceneId: sceneOf(job), attempt: 2 }, asker)
    await plan(job, 3)
    await end(job, 3, null)
    await finalize(job)
    expect(await attemptOf(job, 4)).toBe(4)
  })

  it('is a film like any other once that has taken its place', async () => {
    const job = await draft()
    await finalize(job)
    await plan(job, 1)
    await settle(await buy(job, 2), 'succeeded')
    const made = { stitchedHash: 'final', videoHash: 'final', videoDuration: 4 }
    await bench.db.revision.updateMany({ where: { jobId: job.id }, data: made })
    await bench.attempt('replaceFilm', { jobId: job.id, revision: 1 })
    const after = await row(job)
    expect(after).toMatchObject({ videoHash: 'final', estimateMicroUsd: job.estimateMicroUsd + 800_000 })
    expect(JobSettings.parse(after.settings).quality).toBe('final')
    expect(await finalize(job)).toMatchObject({ outcome: 'refused' })
    await regenerate(job)
    expect(await attemptOf(job, 2)).toBe(3)
    expect(await prediction(await buy(job, 3))).toMatchObject({ model: 'veo3' })
  })
})

describe('variants of a scene', () => {
  it('are attempts one after the other, each bought again by one of its own', async () => {
    const job = await finished()
    await regenerate(job, 3)
    expect((await plan(job, 1)).scenes).toEqual([{ id: sceneOf(job), attempt: 2, variants: 3 }])
    const bought = await Promise.all([2, 3, 4].map((attempt) => variant(job, attempt, 3)))
    const ledger = await Promise.all(bought.map(({ predictionId }) => prediction(predictionId)))
    expect(ledger.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^revision 1, regenerated by Anna; attempt 1 /),
      'variant 2 of 3; revision 1, regenerated by Anna',
      'variant 3 of 3; revision 1, regenerated by Anna',
    ])
    const seeds = ledger.map(({ request }) => (request as { input: { seed: number } }).input.seed)
    expect(new Set(seeds).size).toBe(3)

    const purchase = { kind: 'scene', jobId: job.id, sceneId: sceneOf(job), variants: 3 } as const
    const failed = { state: 'failed', failure: 'moderation', error: 'refused' }
    const ids = bought.map(({ predictionId }) => predictionId)
    await bench.db.prediction.updateMany({ where: { id: { in: ids } }, data: failed })
    // The others' failures are not counted.
    for (const attempt of [2, 3, 4]) {
      expect(await bench.attempt('decideAttempt', { ...purchase, attempt, first: 2 })).toBe(attempt + 3)
    }
    const again = await variant(job, 6, 3)
    expect((await prediction(again.predictionId)).reason).toBe('attempt 3 ended as failed: refused')
    await bench.db.prediction.updateMany({ where: { id: again.predictionId }, data: failed })
    expect(await bench.attempt('decideAttempt', { ...purchase, attempt: 6, first: 2 })).toBeNull()
  })

  it('are come by again after a reset, from the first on, whichever of them is shown', async () => {
    const job = await approvedWith(3)
    const decide = () => bench.attempt('recordDecision', { jobId: job.id, decision: 'approved', by: null, note: null })
    const all = { plan: { scenes: [{ id: sceneOf(job), attempt: 1, variants: 3 }] } }
    expect(await decide()).toMatchObject(all)
    const [, second = ''] = await buyAll(job, [1, 2, 3])
    await store(second)
    expect((await row(job)).scenes[0]).toMatchObject({ state: 'completed', attempt: 2 })
    expect(await decide()).toMatchObject(all)
  })

  it('that were bought and never shown are gone on with, all of them', async () => {
    const job = await finished()
    await regenerate(job, 2)
    await plan(job, 1)
    const [one, other] = [await variant(job, 2, 2), await variant(job, 3, 2)]
    await settle(one.predictionId, 'succeeded')
    await settle(other.predictionId, 'failed')
    await end(job, 1)
    await regenerate(job, 2)
    expect((await plan(job, 2)).scenes).toEqual([{ id: sceneOf(job), attempt: 2, variants: 2 }])
    await end(job, 2)
    await regenerate(job, 3)
    expect((await plan(job, 3)).scenes).toEqual([{ id: sceneOf(job), attempt: 4, variants: 3 }])
  })

  it('of which one is lost leave the scene as it is, and are told of once', async () => {
    const job = await finished()
    await bench.db.scene.update({ where: { id: sceneOf(job) }, data: { state: 'completed' } })
    const lost = { jobId: job.id, sceneId: sceneOf(job), attempt: 2, reason: 'No GPU.' }
    await bench.attempt('recordLostVariant', lost)
    await bench.attempt('recordLostVariant', lost)
    await bench.attempt('recordLostVariant', { ...lost, attempt: 3 })
    const error = 'A variant (attempt 2) failed: No GPU. A variant (attempt 3) failed: No GPU.'
    expect((await row(job)).scenes[0]).toMatchObject({ state: 'completed', error })
    await regenerate(job, 2)
    await plan(job, 1)
    await bench.attempt('recordLostVariant', { ...lost, attempt: 3, revision: 1 })
    expect(await bench.db.sceneRevision.findFirst({ where: { sceneId: sceneOf(job) } })).toMatchObject({
      error: 'A variant (attempt 3) failed: No GPU.',
    })
  })

  it.each([
    ['adopt', 1],
    ['pay_again', 4],
  ] as const)(
    'of which one is of unknown outcome, and all others failed, wait for an operator: %s',
    async (how, attempt) => {
      const job = await approvedWith(3)
      const [first = '', ...others] = await buyAll(job, [1, 2, 3])
      await lose(first)
      expect(await resolve(first, how)).toMatchObject({ reason: expect.stringMatching(/are still being made/) })
      for (const id of others) await settle(id, 'failed')
      await fail(job, 3)
      expect(await resolve(first, how)).toMatchObject({ revision: { number: 1, kind: 'retry' } })
      expect((await plan(job, 1)).scenes).toEqual([{ id: sceneOf(job), attempt }])
    },
  )

  it('are retried in the number that was asked for last, of which those that are there are bought', async () => {
    const job = await approvedWith(3)
    for (const id of await buyAll(job, [1, 2, 3])) await settle(id, 'failed')
    await fail(job, 3)
    await regenerate(job, 1, { prompt: 'The red turns green' })
    expect((await plan(job, 1)).scenes).toEqual([{ id: sceneOf(job), attempt: 4 }])
    await settle(await buy(job, 4), 'succeeded')
    await end(job, 1)
    await fail(job, 4)
    const counted: unknown[] = []
    const price: Spending['price'] = (_, { scenes }) => counted.push(scenes[0]?.variants)
    await queueRetry(bench.db, job.id, { ...asker, spending: { ...BY_SIGNAL, limits: bench.config.budgets, price } })
    expect(new Set(counted)).toEqual(new Set([1]))
    expect((await plan(job, 2)).scenes).toEqual([{ id: sceneOf(job), attempt: 4 }])
  })

  it('are too late where another one has taken their place', async () => {
    const job = await approvedWith(2)
    const [first = '', second = ''] = await buyAll(job, [1, 2])
    await store(first)
    await lose(second)
    const tooLate = {
      outcome: 'refused',
      reason: expect.stringMatching(/^Another variant took its place.*abandon it$/),
    }
    expect(await resolve(second)).toMatchObject(tooLate)

    const film = await finished()
    await regenerate(film, 2)
    await plan(film, 1)
    const [third = '', fourth = ''] = await buyAll(film, [2, 3])
    await store(third)
    await lose(fourth)
    await end(film, 1, null)
    expect(await resolve(fourth)).toMatchObject(tooLate)
  })

  it('that are there come into the film of what an operator adopted beside them', async () => {
    const job = await finished()
    const other = await addScene(job)
    await settle((await variant(job, 1, 1, other)).predictionId, 'succeeded')
    const wish = { changes: {}, music: false, variants: 2 }
    await queueRegeneration(bench.db, job.id, [sceneOf(job), other], wish, asker)
    await plan(job, 1)
    const [lost = '', failed = ''] = await buyAll(job, [2, 3])
    const [stored = '', gone = ''] = await buyAll(job, [2, 3], other)
    await store(stored)
    await lose(lost)
    for (const id of [failed, gone]) await settle(id, 'failed')
    await end(job, 1)
    await resolve(lost)
    expect((await plan(job, 2)).scenes).toEqual([
      { id: sceneOf(job), attempt: 2 },
      { id: other, attempt: 2 },
    ])
  })
})
