import { describe, expect, it } from 'vitest'
import { musicSubject } from '../../domain/prediction.ts'
import { JobSettings } from '../../domain/settings.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { openIntent } from '../../prisma/queries/ledger.ts'
import { resolvePrediction } from '../../prisma/queries/resolutions.ts'
import { endRevision, queueMusic, queueRegeneration } from '../../prisma/queries/revisions.ts'
import { asker, sceneOf, startRevisionBench } from './revision-help.ts'

const { bench, plan, buy, settle, prediction, row, finished } = await startRevisionBench()

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
