import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { filmVoices } from '../../activities/film-voices.ts'
import { voiceSubject } from '../../domain/prediction.ts'
import { getJob, type JobWithScenes } from '../../prisma/queries/jobs.ts'
import { resolvePrediction } from '../../prisma/queries/resolutions.ts'
import { queueRetry } from '../../prisma/queries/revisions.ts'
import { FAILURES } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

const TEXT = 'Breakfast with the lake at your feet.'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())
beforeEach(() => bench.simulator.reset())

/** An approved job whose one scene has something to say. */
async function newJob(): Promise<JobWithScenes> {
  const { id } = await bench.newJob()
  await bench.db.scene.updateMany({ where: { jobId: id }, data: { voiceOver: TEXT } })
  await bench.attempt('recordDecision', { jobId: id, decision: 'approved', by: 'Anna', note: null })
  return getJob(bench.db, id)
}
const purchase = (jobId: number, attempt = 1) => ({ kind: 'voice', jobId, position: 0, attempt }) as const
const bought = () => bench.simulator.bill().predictions.length
const ledger = (jobId: number) => bench.db.prediction.findMany({ where: { jobId, subject: voiceSubject(0) } })
/** Tries again and again, as Temporal does. */
async function insist<T>(step: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
    try {
      return await step()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}
const submit = (jobId: number, attempt = 1) => insist(() => bench.attempt('submitPrediction', purchase(jobId, attempt)))
const fail = (jobId: number) =>
  bench.db.job.update({ where: { id: jobId }, data: { status: 'failed', stage: 'failed', error: 'x' } })

describe('a voice-over', () => {
  it('is bought once and stored once, whatever is done again', async () => {
    const { id } = await newJob()
    const { predictionId } = await submit(id)
    expect(await submit(id)).toEqual({ jobId: id, predictionId })
    await insist(() => bench.attempt('awaitPrediction', { jobId: id, predictionId }))
    for (let turn = 0; turn < 2; turn++) await bench.attempt('storeVoice', { jobId: id, predictionId, position: 0 })
    const [scene] = (await getJob(bench.db, id)).scenes
    expect(scene).toMatchObject({ voicePredictionId: predictionId, voiceError: null })
    expect(scene?.voiceDuration).toBeCloseTo(TEXT.length / 15, 2)
    expect(await bench.blobs.stat(scene?.voiceHash ?? '')).not.toBeNull()
    expect(bought()).toBe(1)
    expect(await ledger(id)).toMatchObject([{ state: 'succeeded', priceMicroUsd: 40 * TEXT.length, sceneId: null }])
    // A failure that is told after a reset changes nothing.
    await bench.attempt('recordVoiceFailure', { jobId: id, position: 0, attempt: 1, reason: 'late' })
    expect((await getJob(bench.db, id)).scenes[0]).toMatchObject({ voiceError: null })
  })

  it('whose answer was lost is found in the list of the provider, by its seed', async () => {
    const { id } = await newJob()
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'reset', when: 'after' } }])
    await expect(bench.attempt('submitPrediction', purchase(id))).rejects.toMatchObject({
      type: FAILURES.outcomePending,
    })
    await bench.quiet()
    const { predictionId } = await submit(id)
    expect(bought()).toBe(1)
    expect(await ledger(id)).toMatchObject([{ id: predictionId, state: 'submitted' }])
  })

  it('that failed is planned again by a retry, one that is there is not', async () => {
    const { id } = await newJob()
    const plan = async (number: number) =>
      (await bench.attempt('planRevision', { jobId: id, revision: { number } })).voices
    const { predictionId } = await submit(id)
    await bench.db.prediction.update({ where: { id: predictionId }, data: { state: 'failed', failure: 'other' } })
    await fail(id)
    await queueRetry(bench.db, id, { by: 'Anna' })
    expect(await plan(1)).toEqual({ scenes: [{ position: 0, attempt: 2 }], failOnError: false })
    // Planned once more, when it has been bought and failed too: not a third time.
    const second = await submit(id, 2)
    await bench.db.prediction.update({
      where: { id: second.predictionId },
      data: { state: 'failed', failure: 'other' },
    })
    expect(await plan(1)).toMatchObject({ scenes: [{ attempt: 2 }] })
    await bench.db.scene.updateMany({ where: { jobId: id }, data: { voiceHash: 'there' } })
    expect(await plan(1)).toBeUndefined()
    await bench.db.scene.updateMany({ where: { jobId: id }, data: { voiceHash: null } })
  })

  it('of unknown outcome is gone on with once an operator has decided, by a film of the same clips', async () => {
    const { id } = await newJob()
    const { predictionId } = await submit(id)
    const { providerId } = (await ledger(id))[0] ?? {}
    const lost = { state: 'unknown', providerId: null }
    await bench.db.prediction.update({ where: { id: predictionId }, data: lost })
    await bench.db.job.update({ where: { id }, data: { status: 'completed', stage: 'completed', videoHash: 'film' } })
    const adopted = { resolution: 'adopt', providerId: providerId ?? '', by: 'Olga' } as const
    expect(await resolvePrediction(bench.db, predictionId, adopted)).toMatchObject({ revision: { kind: 'regenerate' } })
    expect(await bench.attempt('planRevision', { jobId: id, revision: { number: 1 } })).toMatchObject({
      revision: { number: 1, kind: 'regenerate' },
      scenes: [],
      voices: { scenes: [{ position: 0, attempt: 1 }] },
    })
    await bench.db.job.update({ where: { id }, data: { videoHash: null } })
  })

  it('that is too long for its scene is told of', async () => {
    const { id } = await newJob()
    const { hash } = await bench.blobs.put(
      (async function* () {
        yield Buffer.from('a voice')
      })(),
    )
    await bench.db.scene.updateMany({ where: { jobId: id }, data: { voiceHash: hash, voiceDuration: 6 } })
    const { scenes } = await getJob(bench.db, id)
    const profile = { width: 320, height: 180, fps: { num: 24, den: 1 } }
    expect(await filmVoices(bench, scenes, { profile, folder: bench.tempDir })).toMatchObject([
      { startSeconds: 0.3, tempo: 1.25 },
    ])
    const told = await bench.db.jobEvent.findFirst({ where: { jobId: id, type: 'voice_over_too_long' } })
    expect(told?.data).toEqual({ position: 0, tempo: 1.25, over: 1.1 })
  })
})
