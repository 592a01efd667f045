import { afterAll, beforeAll, expect, it } from 'vitest'
import { sceneSubject } from '../../domain/prediction.ts'
import { openIntent, settlePrediction } from '../../prisma/queries/ledger.ts'
import { FAILURES } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())

/** A scene whose attempts fail one after the other. */
async function failingScene(failure: 'unfetchable' | 'moderation') {
  const { id: jobId, scenes } = await bench.approvedJob()
  const sceneId = scenes[0]?.id ?? ''
  let newest = ''
  return {
    async fail(attempt: number): Promise<void> {
      const key = { jobId, subject: sceneSubject(sceneId), attempt }
      const { id } = await openIntent(bench.db, key, { sceneId, model: 'veo-3.1', seconds: 4, priceMicroUsd: 1 })
      await settlePrediction(bench.db, id, 'failed', { failure, error: 'It failed.' })
      newest = id
    },
    /** As if so much time had passed since it failed. */
    later: (seconds: number) =>
      bench.db.prediction.update({
        where: { id: newest },
        data: { finishedAt: new Date(Date.now() - seconds * 1000) },
      }),
    decide: (attempt: number) => bench.attempt('decideAttempt', { kind: 'scene', jobId, sceneId, attempt }),
  }
}

it('gives a server that was away four minutes to come back, and asks a person after that', async () => {
  const scene = await failingScene('unfetchable')
  const waits: number[] = []
  for (let attempt = 1; ; attempt++) {
    await scene.fail(attempt)
    const decision = await scene.decide(attempt).catch((error) => error)
    if (decision === null) break
    expect(decision).toMatchObject({
      ...{ type: FAILURES.attemptDue, nonRetryable: false },
      message: expect.stringMatching(
        `^Attempt ${attempt} failed, attempt ${attempt + 1} is made at .*Z\\. It failed\\.$`,
      ),
    })
    const seconds = Math.ceil(decision.nextRetryDelay / 1000)
    waits.push(seconds)
    await scene.later(seconds)
    expect(await scene.decide(attempt)).toBe(attempt + 1)
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

it('does not wait where time helps nothing', async () => {
  const scene = await failingScene('moderation')
  await scene.fail(1)
  expect(await scene.decide(1)).toBe(2)
  await scene.fail(2)
  expect(await scene.decide(2)).toBeNull()
})
