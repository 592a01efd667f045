import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { musicSubject } from '../../domain/prediction.ts'
import { JobSettings } from '../../domain/settings.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { scenesToShow } from '../../prisma/queries/films.ts'
import { getJob, type JobWithScenes } from '../../prisma/queries/jobs.ts'
import { openIntent } from '../../prisma/queries/ledger.ts'
import { resolvePrediction } from '../../prisma/queries/resolutions.ts'
import { endRevision, queueMusic, queueRegeneration, queueRetry } from '../../prisma/queries/revisions.ts'
import { keepTake } from '../../prisma/queries/takes.ts'
import type { RevisionPlan } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())

const asker = { by: 'Anna' }
const sceneOf = ({ scenes }: JobWithScenes) => scenes[0]?.id ?? ''
const plan = (job: JobWithScenes, number: number): Promise<RevisionPlan> =>
  bench.attempt('planRevision', { jobId: job.id, revision: { number } })

/** An approved job of one scene. */
async function approved(music: Partial<JobSettings['music']> = {}): Promise<JobWithScenes> {
  const job = await bench.newJob()
  const settings = JobSettings.parse(job.settings)
  const wanted = { ...settings, music: { ...settings.music, ...music } }
  await bench.db.job.update({ where: { id: job.id }, data: { settings: wanted } })
  await approveJob(bench.db, job.id, { by: null, note: null })
  return getJob(bench.db, job.id)
}

/** Buys the clip of a scene, or a piece of its music. @returns the prediction's id in the ledger */
async function buy(job: JobWithScenes, attempt: number, music?: { soundtrack: number }): Promise<string> {
  const what = music
    ? { kind: 'music' as const, position: 0, ...music }
    : { kind: 'scene' as const, sceneId: sceneOf(job) }
  return (await bench.attempt('submitPrediction', { ...what, jobId: job.id, attempt })).predictionId
}
const settle = (id: string, state: string) =>
  bench.db.prediction.update({ where: { id }, data: { state, finishedAt: new Date(), error: state } })
const prediction = (id: string) => bench.db.prediction.findUniqueOrThrow({ where: { id } })
const row = (job: JobWithScenes) => getJob(bench.db, job.id)

/** A completed job, whose film has no music. */
async function finished(): Promise<JobWithScenes> {
  const job = await approved()
  await settle(await buy(job, 1), 'succeeded')
  const done = { status: 'completed', stage: 'completed', stitchedHash: 'film', videoHash: 'film', videoDuration: 4 }
  await bench.db.job.update({ where: { id: job.id }, data: done })
  return row(job)
}

describe('a failure that is told again after a reset', () => {
  it('leaves the attempt alone that a retry has made since, and its scene', async () => {
    const job = await approved()
    const failure = { jobId: job.id, sceneId: sceneOf(job), reason: 'no GPU' }
    await settle(await buy(job, 1), 'failed')
    await bench.attempt('failScene', { ...failure, attempt: 1 })
    await bench.attempt('failJob', { jobId: job.id, reason: 'no GPU' })
    await queueRetry(bench.db, job.id, asker)
    expect((await plan(job, 1)).scenes).toEqual([{ id: sceneOf(job), attempt: 2 }])
    const second = await buy(job, 2)

    await bench.attempt('failScene', { ...failure, attempt: 1 })
    expect(await prediction(second)).toMatchObject({ state: 'submitted' })
    expect((await row(job)).scenes[0]).toMatchObject({ state: 'rendering', attempt: 2, error: null })
    expect(bench.simulator.bill().predictions.at(-1)).not.toMatchObject({ status: 'canceled' })

    // As a history from before the attempt was told says it.
    await bench.attempt('failScene', failure)
    expect(await prediction(second)).toMatchObject({ state: 'canceled' })
    expect((await row(job)).scenes[0]).toMatchObject({ state: 'failed' })
  })

  it('does not end the retry that goes on: it shows the job as running again', async () => {
    const job = await approved()
    await settle(await buy(job, 1), 'failed')
    await bench.attempt('failJob', { jobId: job.id, reason: 'no GPU' })
    await queueRetry(bench.db, job.id, asker)
    const planned = await plan(job, 1)
    await bench.attempt('failJob', { jobId: job.id, reason: 'no GPU' })
    expect(await plan(job, 1)).toEqual(planned)
    expect(await row(job)).toMatchObject({ status: 'processing', error: null })
  })

  it('is told once: a worker that died before it could say so does not end the retry that was asked for since', async () => {
    const { id } = await bench.newJob()
    await bench.db.job.update({ where: { id }, data: { storyboardVersion: 0 } })
    const failure = { jobId: id, reason: 'the language model is away' }
    const [told, states] = [
      () => bench.db.jobEvent.count({ where: { jobId: id, type: 'progress' } }),
      () => bench.db.revision.findMany({ where: { jobId: id }, select: { state: true }, orderBy: { number: 'asc' } }),
    ]
    const scheduledAt = new Date()
    await bench.attempt('failJob', failure)
    await queueRetry(bench.db, id, asker)
    const before = await told()
    await bench.attemptAgain(scheduledAt, 'failJob', failure)
    expect(await bench.db.job.findUnique({ where: { id } })).toMatchObject({ status: 'pending', error: null })
    expect({ told: await told(), states: await states() }).toEqual({ told: before, states: [{ state: 'queued' }] })

    // What fails later is what the retry tried: a worker that dies before it has written that writes it the next time.
    await bench.attemptAgain(new Date(Date.now() + 1), 'failJob', failure)
    expect(await bench.db.job.findUnique({ where: { id } })).toMatchObject({ status: 'failed' })
    expect(await states()).toEqual([{ state: 'failed' }])
  })

  it('leaves the music alone that was bought and stored since', async () => {
    const job = await approved({ auto: true, errorStrategy: 'halt', failOnError: true })
    const purchase = { kind: 'music', jobId: job.id, position: 0, attempt: 1, soundtrack: 1 } as const
    const failure = { jobId: job.id, reason: 'no GPU', asked: 0, soundtrack: 1, purchase }
    await bench.attempt('beginMusic', { jobId: job.id })
    await settle(await buy(job, 1, { soundtrack: 1 }), 'failed')
    await bench.attempt('recordMusicFailure', failure)
    expect(await row(job)).toMatchObject({ audioStatus: 'failed' })
    await bench.attempt('failJob', { jobId: job.id, reason: 'no GPU' })
    await queueRetry(bench.db, job.id, asker)
    expect((await plan(job, 1)).music).toMatchObject({ soundtrack: 1, firstAttempt: 2, have: [], goOn: [] })
    await bench.attempt('beginMusic', { jobId: job.id })
    const second = await buy(job, 2, { soundtrack: 1 })

    const silenced = { jobId: job.id, position: 0, soundtrack: 1, reason: 'no GPU' }
    await bench.attempt('recordMusicFailure', failure)
    await bench.attempt('silenceSegment', { ...silenced, attempt: 1 })
    expect(await prediction(second)).toMatchObject({ state: 'submitted' })
    expect(await row(job)).toMatchObject({ audioStatus: 'processing' })

    const place = { jobId: job.id, soundtrack: 1, position: 0 }
    const segment = { where: { jobId_soundtrack_position: place } }
    await bench.db.audioSegment.update({ ...segment, data: { blobHash: 'music', predictionId: second } })
    await bench.attempt('silenceSegment', { ...silenced, attempt: 1 })
    expect(await bench.db.audioSegment.findUnique(segment)).toMatchObject({ blobHash: 'music' })
    await bench.attempt('recordMusicFailure', { ...failure, asked: 1, purchase: { ...purchase, attempt: 2 } })
    expect(await row(job)).toMatchObject({ audioStatus: 'failed' })
    expect(await prediction(second)).toMatchObject({ state: 'canceled' })
  })

  it('makes a soundtrack although the film has an earlier one, and not once it has a later one', async () => {
    const job = await finished()
    const scored = { audioStatus: 'completed', audioHash: 'music', soundtrack: 2 }
    await bench.db.job.update({ where: { id: job.id }, data: scored })
    const finish = (soundtrack: number) => bench.attempt('finishSoundtrack', { jobId: job.id, soundtrack })
    await finish(1)
    await finish(2)
    await expect(finish(3)).rejects.toThrow(/No piece of the music/)
    expect(await row(job)).toMatchObject(scored)
    // Fitted anew under its own number, as an earlier release had begun to.
    await bench.db.job.update({ where: { id: job.id }, data: { audioStatus: 'processing' } })
    await finish(1)
    await expect(finish(2)).rejects.toThrow(/No piece of the music/)
  })

  it('leaves the film its music', async () => {
    const job = await finished()
    const scored = { audioStatus: 'completed', audioHash: 'music', soundtrack: 2 }
    await bench.db.job.update({ where: { id: job.id }, data: scored })
    await bench.attempt('recordMusicFailure', { jobId: job.id, reason: 'x', asked: 0, soundtrack: 1, purchase: null })
    expect(await row(job)).toMatchObject(scored)
  })
})

describe('a failed job whose run is reset', () => {
  /** Until the prediction has ended at the provider. */
  async function rendered(job: JobWithScenes): Promise<string> {
    const predictionId = await buy(job, 1)
    await vi.waitFor(() => bench.attempt('awaitPrediction', { jobId: job.id, predictionId }), { timeout: 10_000 })
    return predictionId
  }

  it('is shown as running again by the step that failed, and its film is kept', async () => {
    const job = await approved({ auto: true })
    const predictionId = await rendered(job)
    await bench.attempt('storeClip', { jobId: job.id, predictionId, sceneId: sceneOf(job) })
    await bench.attempt('failJob', { jobId: job.id, reason: 'the disk was full' })
    await bench.attempt('stitchFilm', { jobId: job.id })
    expect(await row(job)).toMatchObject({ status: 'processing', stage: 'stitching', error: null })

    await bench.attempt('failJob', { jobId: job.id, reason: 'the disk was full' })
    await bench.attempt('beginMusic', { jobId: job.id })
    expect(await row(job)).toMatchObject({ status: 'processing', stage: 'audio_generation_pending' })

    await bench.attempt('failJob', { jobId: job.id, reason: 'the disk was full' })
    await buy(job, 1, { soundtrack: 1 })
    expect(await row(job)).toMatchObject({ status: 'processing', stage: 'audio_generation' })

    await bench.attempt('failJob', { jobId: job.id, reason: 'the disk was full' })
    await bench.attempt('completeJob', { jobId: job.id })
    const { stitchedHash, ...completed } = await row(job)
    expect(stitchedHash).not.toBeNull()
    expect(completed).toMatchObject({ status: 'completed', videoHash: stitchedHash, error: null })
  })

  it('stays failed where the film was dropped that it had made', async () => {
    const job = await approved()
    await bench.attempt('failJob', { jobId: job.id, reason: 'no GPU' })
    await bench.attempt('completeJob', { jobId: job.id })
    expect(await row(job)).toMatchObject({ status: 'failed', error: 'no GPU' })
  })
})

describe('a scene that is asked for again', () => {
  /** A regeneration whose clip is stored, and that then failed. */
  async function failedLate(changes = { prompt: 'at dusk' }): Promise<JobWithScenes> {
    const job = await finished()
    await regenerate(job, changes)
    expect((await plan(job, 1)).scenes).toEqual([{ id: sceneOf(job), attempt: 2 }])
    await settle(await buy(job, 2), 'succeeded')
    await fail(job, 1)
    return job
  }
  const regenerate = (job: JobWithScenes, changes: object) =>
    queueRegeneration(bench.db, job.id, [sceneOf(job)], { changes, music: false }, asker)
  const fail = (job: JobWithScenes, number: number) =>
    bench.db.$transaction((tx) => endRevision(tx, job.id, number, 'the disk was full'))
  const attemptOf = async (job: JobWithScenes, number: number) => (await plan(job, number)).scenes?.[0]?.attempt

  it('after a failure is what was rendered and never shown', async () => {
    const job = await failedLate()
    await regenerate(job, { prompt: 'at dusk' })
    expect(await attemptOf(job, 2)).toBe(2)
    // The activity may be tried again after any of its writes.
    expect(await attemptOf(job, 2)).toBe(2)
  })

  it('after a failure with other words is rendered anew', async () => {
    const job = await failedLate()
    await regenerate(job, { prompt: 'at dawn' })
    expect(await attemptOf(job, 2)).toBe(3)
  })

  it('after it was shown is rendered anew', async () => {
    const job = await failedLate()
    await regenerate(job, { prompt: 'at dusk' })
    await plan(job, 2)
    await bench.db.revision.updateMany({ where: { jobId: job.id, number: 2 }, data: { state: 'completed' } })
    await regenerate(job, {})
    expect(await attemptOf(job, 3)).toBe(3)
  })

  it('after its rendering failed is rendered anew', async () => {
    const job = await failedLate()
    await bench.db.prediction.updateMany({ where: { jobId: job.id, attempt: 2 }, data: { state: 'failed' } })
    await regenerate(job, { prompt: 'at dusk' })
    expect(await attemptOf(job, 2)).toBe(3)
  })

  it('shows in its film what was rendered for it, not what a later wish had rendered', async () => {
    const job = await finished()
    const take = async (attempt: number) => {
      const predictionId = await buy(job, attempt)
      const clip = { clipHash: `clip ${attempt}`, clipSize: 1, clipFrames: 96, clipDuration: 4, thumbnailHash: 'still' }
      await keepTake(bench.db, sceneOf(job), predictionId, clip)
    }
    await regenerate(job, { prompt: 'at dusk' })
    expect(await attemptOf(job, 1)).toBe(2)
    await take(2)
    await regenerate(job, { prompt: 'at dawn' })
    expect(await attemptOf(job, 2)).toBe(3)
    await take(3)
    const shown = async (revision: number) => (await scenesToShow(bench.db, await row(job), revision))[0]
    expect(await shown(1)).toMatchObject({ prompt: 'at dusk', clipHash: 'clip 2', attempt: 2 })
    expect(await shown(2)).toMatchObject({ prompt: 'at dawn', clipHash: 'clip 3', attempt: 3 })
  })

  it('is what an operator adopted', async () => {
    const job = await finished()
    await regenerate(job, {})
    await plan(job, 1)
    const id = await buy(job, 2)
    const { providerId } = await prediction(id)
    await bench.db.prediction.update({ where: { id }, data: { state: 'unknown', providerId: null } })
    await fail(job, 1)
    expect(await regenerate(job, {})).toMatchObject({ outcome: 'refused' })
    const decided = { resolution: 'adopt', providerId, by: 'Olga' } as const
    expect(await resolvePrediction(bench.db, id, decided)).toMatchObject({
      revision: { number: 2, kind: 'regenerate' },
    })
    // As long as nothing has begun that goes on with it, a failure that is told once more leaves it alone.
    await bench.attempt('failScene', {
      jobId: job.id,
      sceneId: sceneOf(job),
      attempt: 2,
      revision: 1,
      reason: 'not known',
    })
    expect(await prediction(id)).toMatchObject({ state: 'submitted' })
    expect(await attemptOf(job, 2)).toBe(2)
  })
})

describe('music that is asked for again', () => {
  it('after a failure goes on with what is bought, as a retry does', async () => {
    const job = await approved({ auto: true, failOnError: true })
    await settle(await buy(job, 1, { soundtrack: 1 }), 'succeeded')
    await bench.attempt('failJob', { jobId: job.id, reason: 'the disk was full' })
    await queueRetry(bench.db, job.id, asker)
    expect((await plan(job, 1)).music).toMatchObject({ have: [], goOn: [{ position: 0, attempt: 1 }], firstAttempt: 2 })
    const longAgo = new Date(Date.now() - 60 * 60_000)
    await bench.db.prediction.updateMany({ where: { jobId: job.id }, data: { finishedAt: longAgo } })
    expect((await plan(job, 1)).music).toMatchObject({ goOn: [], firstAttempt: 2 })
  })

  it('waits for an operator where a piece may have been bought, and goes on with what is adopted', async () => {
    const job = await approved({ auto: true, failOnError: true })
    await settle(await buy(job, 1), 'succeeded')
    const id = await buy(job, 1, { soundtrack: 1 })
    const { providerId } = await prediction(id)
    await bench.db.prediction.update({ where: { id }, data: { state: 'unknown', providerId: null } })
    await bench.attempt('failJob', { jobId: job.id, reason: 'not known' })
    expect(await queueRetry(bench.db, job.id, asker)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining(`resolve that first (POST /predictions/${id}/resolve)`),
    })
    const resolved = await resolvePrediction(bench.db, id, { resolution: 'adopt', providerId, by: 'Olga' })
    expect(resolved).toMatchObject({ revision: { number: 1, kind: 'retry' } })
    expect((await plan(job, 1)).music).toMatchObject({ goOn: [{ position: 0, attempt: 1 }] })
  })

  it('after a failure is the soundtrack that never came into the film, where it is to sound the same', async () => {
    const job = await finished()
    const wish = async (prompt: string, number: number) => {
      const settings = JobSettings.parse((await row(job)).settings)
      await bench.db.job.update({ where: { id: job.id }, data: { audioStatus: 'failed' } })
      const music = { ...settings.music, auto: true, prompt }
      const asked = { ...asker, startedAt: new Date(), estimate: () => 0 }
      await queueMusic(bench.db, await row(job), { ...settings, music }, asked)
      return (await plan(job, number)).music
    }
    const end = (number: number) => bench.db.$transaction((tx) => endRevision(tx, job.id, number, null))
    expect(await wish('piano', 1)).toMatchObject({ soundtrack: 1, goOn: [], firstAttempt: 1 })
    const id = await buy(job, 1, { soundtrack: 1 })
    await end(1)
    expect(await wish('piano', 2)).toMatchObject({ soundtrack: 1, goOn: [{ position: 0, attempt: 1 }] })
    await end(2)
    expect(await wish('harp', 3)).toMatchObject({ soundtrack: 2, goOn: [], firstAttempt: 2 })
    const { request } = await prediction(id)
    expect(request).toMatchObject({ input: { prompt: expect.stringContaining('piano') } })
    expect(await prediction(await buy(job, 2, { soundtrack: 2 }))).toMatchObject({
      soundtrack: 2,
      request: { input: { prompt: expect.stringContaining('harp') } },
    })
    // What the job wants of its music changes once that is in its film.
    expect(JobSettings.parse((await row(job)).settings).music).toMatchObject({ prompt: null, auto: false })
    await end(3)
    await bench.db.job.update({ where: { id: job.id }, data: { audioHash: 'harp', soundtrack: 2 } })
    expect(await wish('harp', 4)).toMatchObject({ soundtrack: 3, goOn: [] })
  })
})

describe('what may have been bought already', () => {
  const unresolved = (id: string) => expect.stringContaining(`resolve that first (POST /predictions/${id}/resolve)`)
  const regenerate = (job: JobWithScenes, music = false) =>
    queueRegeneration(bench.db, job.id, [sceneOf(job)], { changes: {}, music }, asker)
  const lose = async (id: string) => {
    await settle(id, 'unknown')
    await bench.db.prediction.update({ where: { id }, data: { providerId: null } })
  }
  async function askForMusic(job: JobWithScenes) {
    const settings = JobSettings.parse(job.settings)
    const wanted = { ...settings, music: { ...settings.music, auto: true, errorStrategy: 'halt' as const } }
    return queueMusic(bench.db, await row(job), wanted, { ...asker, startedAt: new Date(), estimate: () => 0 })
  }
  const end = (job: JobWithScenes, number: number) =>
    bench.db.$transaction((tx) => endRevision(tx, job.id, number, 'not known'))
  const revision = (job: JobWithScenes, number: number) =>
    bench.db.revision.findUniqueOrThrow({
      where: { jobId_number: { jobId: job.id, number } },
      include: { scenes: true },
    })

  it('of the music is not bought again before an operator has decided, and can be adopted', async () => {
    const job = await finished()
    await askForMusic(job)
    await plan(job, 1)
    const id = await buy(job, 1, { soundtrack: 1 })
    const { providerId } = await prediction(id)
    await lose(id)
    await end(job, 1)
    await bench.db.job.update({ where: { id: job.id }, data: { audioStatus: 'failed' } })
    expect(await askForMusic(job)).toMatchObject({ outcome: 'refused', reason: unresolved(id) })
    expect(await regenerate(job, true)).toMatchObject({ outcome: 'refused', reason: unresolved(id) })
    expect(await row(job)).toMatchObject({ audioStatus: 'failed' })
    // A scene has nothing to do with it.
    expect(await regenerate(job)).toMatchObject({ outcome: 'queued' })
    const decided = { resolution: 'adopt', providerId, by: 'Olga' } as const
    expect(await resolvePrediction(bench.db, id, decided)).toMatchObject({ revision: { kind: 'music' } })
  })

  it('is found out when the revision begins that was queued while it was being bought', async () => {
    const job = await finished()
    await regenerate(job, true)
    await regenerate(job)
    await askForMusic(job)
    await plan(job, 1)
    const [clip, piece] = [await buy(job, 2), await buy(job, 1, { soundtrack: 1 })]
    await lose(clip)
    await lose(piece)
    await end(job, 1)
    expect(await plan(job, 2)).toEqual({ decided: true, stage: 'completed', music: null })
    expect(await revision(job, 2)).toMatchObject({ state: 'failed', error: unresolved(clip), startedAt: null })
    expect(await plan(job, 3)).toEqual({ decided: true, stage: 'completed', music: null })
    expect(await revision(job, 3)).toMatchObject({ state: 'failed', error: unresolved(piece), musicAttempt: null })
    expect(await row(job)).toMatchObject({ audioStatus: 'failed', audioError: unresolved(piece) })
  })
})

describe('two pieces of one soundtrack whose purchase is of unknown outcome', () => {
  /** A film that was scored with silence in place of both. */
  async function scoredWithSilence() {
    const job = await finished()
    const predictions: string[] = []
    for (const position of [0, 1]) {
      const key = { jobId: job.id, subject: musicSubject(position), attempt: 1 }
      const draft = { sceneId: null, soundtrack: 1, model: 'musicgen', seconds: 4, priceMicroUsd: 1 }
      const { id } = await openIntent(bench.db, key, draft)
      predictions.push(id)
      await settle(id, 'unknown')
      const silence = { jobId: job.id, soundtrack: 1, position, duration: 4, overlap: 0, error: 'not known' }
      await bench.db.audioSegment.create({ data: { ...silence, token: id, expiresAt: new Date() } })
    }
    await bench.db.job.update({ where: { id: job.id }, data: { audioStatus: 'completed', audioHash: 'music' } })
    return { job, predictions }
  }
  const adopt = (id = '') =>
    resolvePrediction(bench.db, id, { resolution: 'adopt', providerId: `theirs ${id}`, by: 'Olga' })
  const pieces = (job: JobWithScenes, soundtrack: number) =>
    bench.db.audioSegment.findMany({ where: { jobId: job.id, soundtrack }, orderBy: { position: 'asc' } })
  /** The music with the piece at a position that was adopted. */
  async function store(job: JobWithScenes, soundtrack: number, position: number, predictionId = '') {
    const piece = {
      jobId: job.id,
      soundtrack,
      position,
      duration: 4,
      overlap: 0,
      token: `${soundtrack} ${predictionId}`,
    }
    await bench.db.audioSegment.create({
      data: { ...piece, blobHash: `piece ${position}`, predictionId, expiresAt: new Date() },
    })
    await settle(predictionId, 'succeeded')
    await bench.db.job.update({ where: { id: job.id }, data: { soundtrack, audioStatus: 'completed' } })
    await bench.db.$transaction((tx) => endRevision(tx, job.id, soundtrack - 1, null))
  }

  it('are both adopted, one after the other, and the second keeps the first', async () => {
    const { job, predictions } = await scoredWithSilence()
    const [first, second] = predictions
    expect(await adopt(first)).toMatchObject({ revision: { number: 1, kind: 'music', soundtrack: 2 } })
    expect(await adopt(second)).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/still being made/) })
    expect((await plan(job, 1)).music).toMatchObject({ soundtrack: 2, goOn: [{ position: 0, attempt: 1 }], have: [1] })
    await store(job, 2, 0, first)
    expect(await adopt(second)).toMatchObject({ revision: { number: 2, kind: 'music', soundtrack: 3 } })
    expect(await pieces(job, 3)).toMatchObject([{ position: 0, blobHash: 'piece 0', predictionId: first }])
    await bench.db.scene.create({ data: { jobId: job.id, position: 1, duration: 4 } })
    expect((await plan(job, 2)).music).toMatchObject({ soundtrack: 3, goOn: [{ position: 1, attempt: 1 }], have: [0] })
  })
})

describe('late music that a signal asks for', () => {
  const signaled = (job: JobWithScenes, signal: string) =>
    bench.attempt('planRevision', { jobId: job.id, revision: { music: true, signal: `${job.id}:${signal}` } })

  it('is made where an earlier release had marked the job before it signaled', async () => {
    const job = await finished()
    await bench.db.job.update({ where: { id: job.id }, data: { audioStatus: 'processing' } })
    expect(await signaled(job, '1')).toMatchObject({ revision: { number: 1, kind: 'music' }, music: { segments: 1 } })
    // Not once more while that is made.
    expect(await signaled(job, '2')).toMatchObject({ decided: true, music: null })
  })
})

describe('a new film with music that a signal asks for', () => {
  it('has it although the film before had none, and keeps it', async () => {
    const job = await finished()
    const wish = { scenes: [sceneOf(job)], music: true, signal: `${job.id}:film` }
    const planned = await bench.attempt('planRevision', { jobId: job.id, revision: wish })
    expect(planned).toMatchObject({ revision: { kind: 'regenerate' }, music: { soundtrack: 1, segments: 1 } })
    const scored = { stitchedHash: 'new', videoHash: 'new, scored', audioHash: 'music', audioSize: 1 }
    await bench.db.revision.updateMany({ where: { jobId: job.id }, data: scored })
    await bench.attempt('replaceFilm', { jobId: job.id, revision: 1 })
    const audio = { audioHash: 'music', audioStatus: 'completed', audioMerged: true, soundtrack: 1 }
    expect(await row(job)).toMatchObject({ videoHash: 'new, scored', ...audio })
  })
})
