import { describe, expect, it } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { scenesToShow } from '../../prisma/queries/films.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { resolvePrediction } from '../../prisma/queries/resolutions.ts'
import { endRevision, queueMusic, queueRegeneration, queueRetry } from '../../prisma/queries/revisions.ts'
import { revisionOfAttempt } from '../../prisma/queries/scene-revisions.ts'
import { keepTake } from '../../prisma/queries/takes.ts'
import { asker, sceneOf, startRevisionBench } from './revision-help.ts'

const { bench, plan, approved, buy, settle, prediction, row, finished } = await startRevisionBench()

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
      const scene = await bench.db.scene.findUniqueOrThrow({ where: { id: sceneOf(job) } })
      const revised = await revisionOfAttempt(bench.db, scene.id, attempt)
      await keepTake(bench.db, scene, revised, { id: predictionId, attempt }, clip)
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
