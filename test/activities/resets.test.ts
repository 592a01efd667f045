import { describe, expect, it, vi } from 'vitest'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { queueRetry } from '../../prisma/queries/revisions.ts'
import { asker, sceneOf, startRevisionBench } from './revision-help.ts'

const { bench, plan, approved, buy, settle, prediction, row, finished } = await startRevisionBench()

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

  it('is complete with its film where that is the last step, and else by one that is tried for longer', async () => {
    const job = await approved()
    const predictionId = await rendered(job)
    await bench.attempt('storeClip', { jobId: job.id, predictionId, sceneId: sceneOf(job) })
    const transaction = vi.spyOn(bench.db, '$transaction').mockRejectedValue(new Error('the database is locked'))
    expect(await bench.attempt('stitchFilm', { jobId: job.id, isLast: true })).toBeUndefined()
    transaction.mockRestore()
    expect(await row(job)).toMatchObject({ status: 'processing', stage: 'stitching' })

    expect(await bench.attempt('stitchFilm', { jobId: job.id, isLast: true })).toEqual({ stage: 'completed' })
    const { stitchedHash, ...completed } = await row(job)
    expect(completed).toMatchObject({ status: 'completed', videoHash: stitchedHash })
  })

  it('stays failed where the film was dropped that it had made', async () => {
    const job = await approved()
    await bench.attempt('failJob', { jobId: job.id, reason: 'no GPU' })
    await bench.attempt('completeJob', { jobId: job.id })
    expect(await row(job)).toMatchObject({ status: 'failed', error: 'no GPU' })
  })
})
