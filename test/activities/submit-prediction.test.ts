import { setTimeout as sleep } from 'node:timers/promises'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sceneSubject } from '../../domain/prediction.ts'
import { cancelJob } from '../../prisma/queries/decisions.ts'
import type { Prediction } from '../../prisma/queries/jobs.ts'
import { claimPost, markRefused, openIntent } from '../../prisma/queries/ledger.ts'
import { FAILURES, type Purchase } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())
beforeEach(() => bench.simulator.reset())

const bought = () => bench.simulator.bill().predictions
async function newPurchase(): Promise<Purchase & { kind: 'scene' }> {
  const job = await bench.approvedJob()
  return { kind: 'scene', jobId: job.id, sceneId: job.scenes[0]?.id ?? '', attempt: 1 }
}

function ledger(purchase: Purchase): Promise<Prediction> {
  return bench.db.prediction.findFirstOrThrow({ where: { jobId: purchase.jobId } })
}

describe('buying a prediction', () => {
  it('buys once, however often it is asked', async () => {
    const purchase = await newPurchase()
    const first = await bench.attempt('submitPrediction', purchase)
    const second = await bench.attempt('submitPrediction', purchase)
    expect(second).toEqual(first)
    expect(bought()).toHaveLength(1)
    expect(await ledger(purchase)).toMatchObject({ state: 'submitted', reason: 'first', attempt: 1, seconds: 4 })
  })

  it.each([
    ['veo3', /to the last/],
    ['hailuo-2.3', /^(?!.*last).* stays with what it shows/],
  ])('asks %s for a move that it can make, where nothing is written of the scene', async (model, prompt) => {
    const purchase = await newPurchase()
    const blank = { prompt: null, description: null, title: null }
    await bench.db.scene.update({ where: { id: purchase.sceneId }, data: { ...blank, model } })
    await bench.attempt('submitPrediction', purchase)
    expect(bought()[0]?.input).toMatchObject({ prompt: expect.stringMatching(prompt) })
  })

  it('goes on with an intent that has no request yet, as an earlier release opened it', async () => {
    const purchase = await newPurchase()
    const draft = { sceneId: purchase.sceneId, model: 'veo-3.1', seconds: 4, priceMicroUsd: 1 }
    const key = { jobId: purchase.jobId, subject: sceneSubject(purchase.sceneId), attempt: 1 }
    const { token } = await openIntent(bench.db, key, draft)
    await bench.attempt('submitPrediction', purchase)
    expect(bought()).toHaveLength(1)
    expect(await ledger(purchase)).toMatchObject({ token, state: 'submitted', providerId: bought()[0]?.id })
    expect((await ledger(purchase)).marker).not.toBeNull()
  })

  it('lets one of two that come at the same moment post', async () => {
    const purchase = await newPurchase()
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => bench.attempt('submitPrediction', purchase)))
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.type] : []))
    expect(failures.filter((type) => type !== FAILURES.outcomePending)).toEqual([])
    await bench.quiet()
    await bench.attempt('submitPrediction', purchase)
    expect(bought()).toHaveLength(1)
  })

  it('lets one of two workers post again that both found the same refused intent', async () => {
    const purchase = await newPurchase()
    const key = { jobId: purchase.jobId, subject: sceneSubject(purchase.sceneId), attempt: 1 }
    const draft = { sceneId: purchase.sceneId, model: 'veo-3.1', seconds: 4, priceMicroUsd: 1 }
    const order = {
      token: `${purchase.sceneId}`,
      request: { model: 'm', input: {} },
      marker: 'marker',
      leaseSeconds: 1,
    }
    const claim = (owner: string, seen: Prediction | null) =>
      claimPost(bench.db, key, seen, draft, { ...order, owner }, async () => {})
    const first = await claim('first', null)
    await markRefused(bench.db, first?.id ?? '', 'first', 'no credit')
    const refused = await ledger(purchase)
    const claims = await Promise.all(['one', 'other'].map((owner) => claim(owner, refused)))
    const { id, leaseUntil, state } = await ledger(purchase)
    expect(claims.filter((won) => won !== null)).toEqual([{ id, leaseUntil }])
    expect(state).toBe('intent')
    expect(await claim('late', refused)).toBeNull()
  })

  it('lets one of two workers post that both found nothing in the ledger, and none for a canceled job', async () => {
    const purchase = await newPurchase()
    const key = { jobId: purchase.jobId, subject: sceneSubject(purchase.sceneId), attempt: 1 }
    const draft = { sceneId: purchase.sceneId, model: 'veo-3.1', seconds: 4, priceMicroUsd: 1 }
    const claim = (owner: string) => {
      const order = { token: `${owner} ${purchase.sceneId}`, request: { model: 'm', input: {} }, marker: owner }
      return claimPost(bench.db, key, null, draft, { ...order, owner, leaseSeconds: 1 }, async () => {})
    }
    const claims = await Promise.all(['one', 'other'].map(claim))
    const { id, leaseUntil } = await ledger(purchase)
    expect(claims.filter((won) => won !== null)).toEqual([{ id, leaseUntil }])
    await bench.db.prediction.deleteMany({ where: { jobId: purchase.jobId } })
    await cancelJob(bench.db, purchase.jobId, { by: 'Ben', note: null })
    expect(await claim('late')).toBeNull()
    expect(await bench.db.prediction.count({ where: { jobId: purchase.jobId } })).toBe(0)
  })

  it('adopts the prediction whose answer was lost', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'reset', when: 'after' } }])
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.outcomePending })
    expect(await ledger(purchase)).toMatchObject({ providerId: null, state: 'intent' })
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.outcomePending })
    await bench.quiet()
    await bench.attempt('submitPrediction', purchase)
    expect(bought()).toHaveLength(1)
    expect((await ledger(purchase)).providerId).toBe(bought()[0]?.id)
  })

  it('waits for a POST that stalls and arrives late, and adopts it', async () => {
    const purchase = await newPurchase()
    const { predictions } = bench.config
    const { submitTimeoutSeconds } = predictions
    predictions.submitTimeoutSeconds = 1
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'stall', then_ms: 3_000 } }])
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.outcomePending })
    predictions.submitTimeoutSeconds = submitTimeoutSeconds
    expect(bought()).toHaveLength(0)
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.outcomePending })
    await expect.poll(() => bought().length, { timeout: 10_000 }).toBe(1)
    await bench.quiet()
    await bench.attempt('submitPrediction', purchase)
    expect(bought()).toHaveLength(1)
  })

  it('posts the same request again when nothing was bought', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'reset', when: 'before' } }])
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.outcomePending })
    const { request } = await ledger(purchase)
    await bench.quiet()
    await bench.attempt('submitPrediction', purchase)
    expect(bought()).toHaveLength(1)
    expect((await ledger(purchase)).request).toEqual(request)
  })

  it('never posts an intent of an hour ago again: a person decides', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'reset', when: 'before' } }])
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toThrow()
    const hourAgo = new Date(Date.now() - 3_600_000)
    await bench.db.prediction.updateMany({
      where: { jobId: purchase.jobId },
      data: { postedAt: hourAgo, leaseUntil: hourAgo },
    })
    const failure = { type: FAILURES.outcomeUnknown, nonRetryable: true }
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject(failure)
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject(failure)
    expect(await ledger(purchase)).toMatchObject({ state: 'unknown', providerId: null })
    expect(bought()).toHaveLength(0)
  })

  it.each([401, 403, 404])(
    'waits until it can look for a lost POST again when its list is answered %i',
    async (status) => {
      const purchase = await newPurchase()
      bench.simulator.setFaults([
        { times: 1, fault: { kind: 'reset', when: 'after' } },
        { match: { method: 'GET', path: '/v1/predictions' }, fault: { kind: 'status', status } },
      ])
      await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.outcomePending })
      await bench.quiet()
      const later = { nonRetryable: false, nextRetryDelay: 30_000 }
      await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject(later)
      // Nor is it given up with its scene.
      const failure = { jobId: purchase.jobId, sceneId: purchase.sceneId, reason: 'It hung.' }
      await expect(bench.attempt('failScene', failure)).rejects.toMatchObject(later)
      expect(await ledger(purchase)).toMatchObject({ state: 'intent' })
      bench.simulator.setFaults([])
      await bench.attempt('submitPrediction', purchase)
      expect(bought()).toHaveLength(1)
      expect((await ledger(purchase)).providerId).toBe(bought()[0]?.id)
    },
  )

  it('leaves it to a person when nobody could look for a lost POST for an hour', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([
      { times: 1, fault: { kind: 'reset', when: 'after' } },
      { match: { method: 'GET', path: '/v1/predictions' }, fault: { kind: 'status', status: 403 } },
    ])
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toThrow()
    const hourAgo = new Date(Date.now() - 3_600_000)
    const aged = { postedAt: hourAgo, leaseUntil: hourAgo }
    await bench.db.prediction.updateMany({ where: { jobId: purchase.jobId }, data: aged })
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ type: FAILURES.outcomeUnknown })
    expect(await ledger(purchase)).toMatchObject({ state: 'unknown' })
  })

  it('honours the wait that a rate limit names, and then buys', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'status', status: 429, retry_after: 7 } }])
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({
      type: 'ProviderRateLimited',
      nonRetryable: false,
      nextRetryDelay: 7000,
    })
    expect(await ledger(purchase)).toMatchObject({ state: 'refused', postedAt: null })
    await bench.attempt('submitPrediction', purchase)
    expect(bought()).toHaveLength(1)
  })

  it('does not try again without credit', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'status', status: 402 } }])
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({
      type: 'ProviderOutOfCredit',
      nonRetryable: true,
    })
    expect(bought()).toHaveLength(0)
  })

  it('buys nothing for a job that nobody has approved, whatever a signal had planned', async () => {
    const job = await bench.newJob()
    const purchase = { kind: 'scene', jobId: job.id, sceneId: job.scenes[0]?.id ?? '', attempt: 1 } as const
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({
      ...{ type: FAILURES.jobFailed, nonRetryable: true },
      message: expect.stringContaining('Nobody has approved the job'),
    })
    expect(bought()).toEqual([])
    expect(await bench.db.prediction.count({ where: { jobId: job.id } })).toBe(0)
  })

  it('buys nothing for a job that was canceled while its pictures were uploaded', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ match: { path: '/v1/files' }, fault: { kind: 'latency', ms: 400 } }])
    const submitted = bench.attempt('submitPrediction', purchase)
    submitted.catch(() => {})
    await sleep(200)
    await cancelJob(bench.db, purchase.jobId, { by: 'Ben', note: null })
    await expect(submitted).rejects.toThrow()
    expect(bought()).toHaveLength(0)
  })

  it('keeps no key in the ledger', async () => {
    const purchase = await newPurchase()
    await bench.attempt('submitPrediction', purchase)
    expect(JSON.stringify(await ledger(purchase))).not.toContain('Bearer')
  })
})

describe('canceling a job', () => {
  it('cancels what runs at the provider', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ fault: { kind: 'hang' } }])
    await bench.attempt('submitPrediction', purchase)
    await cancelJob(bench.db, purchase.jobId, { by: 'Ben', note: null })
    await bench.attempt('cancelJob', { jobId: purchase.jobId })
    expect(bought()[0]?.status).toBe('canceled')
    expect(await ledger(purchase)).toMatchObject({ state: 'canceled' })
  })

  it('finds and cancels what was bought although the answer was lost', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ times: 1, fault: { kind: 'reset', when: 'after' } }, { fault: { kind: 'hang' } }])
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toThrow()
    await expect(bench.attempt('cancelJob', { jobId: purchase.jobId })).rejects.toMatchObject({
      type: FAILURES.outcomePending,
    })
    await bench.quiet()
    await bench.attempt('cancelJob', { jobId: purchase.jobId })
    expect(bought()[0]?.status).toBe('canceled')
  })

  it('buys nothing afterwards', async () => {
    const purchase = await newPurchase()
    await cancelJob(bench.db, purchase.jobId, { by: 'Ben', note: null })
    await expect(bench.attempt('submitPrediction', purchase)).rejects.toMatchObject({ nonRetryable: true })
    expect(bought()).toHaveLength(0)
  })

  it('ends although the provider refuses to cancel', async () => {
    const purchase = await newPurchase()
    await bench.attempt('submitPrediction', purchase)
    bench.simulator.setFaults([{ match: { path: '*/cancel' }, fault: { kind: 'status', status: 404 } }])
    await bench.attempt('failScene', { jobId: purchase.jobId, sceneId: purchase.sceneId, reason: 'It hung.' })
    expect(await ledger(purchase)).toMatchObject({ state: 'canceled', error: 'It hung.' })
  })
})

describe('waiting for a prediction', () => {
  it('counts it as hung only after a look that finds it still running, and cancels it', async () => {
    const purchase = await newPurchase()
    bench.simulator.setFaults([{ fault: { kind: 'hang' } }])
    const ref = await bench.attempt('submitPrediction', purchase)
    await expect(bench.attempt('awaitPrediction', ref)).rejects.toMatchObject({ type: FAILURES.stillRunning })
    bench.config.predictions.timeoutSeconds = 0.001
    await expect(bench.attempt('awaitPrediction', ref)).rejects.toMatchObject({ type: FAILURES.predictionFailed })
    bench.config.predictions.timeoutSeconds = 1800
    expect(bought()[0]?.status).toBe('canceled')
    expect((await ledger(purchase)).error).toMatch(/had not ended after .*PREDICTION_TIMEOUT/)
  })

  it('takes what succeeded however long nobody looked', async () => {
    const purchase = await newPurchase()
    const ref = await bench.attempt('submitPrediction', purchase)
    await expect.poll(() => bought()[0]?.status, { timeout: 10_000 }).toBe('succeeded')
    bench.config.predictions.timeoutSeconds = 0.001
    await bench.attempt('awaitPrediction', ref)
    bench.config.predictions.timeoutSeconds = 1800
    expect(await ledger(purchase)).toMatchObject({ state: 'succeeded' })
  })

  it('waits while the key is refused: what is paid for is not given up', async () => {
    const purchase = await newPurchase()
    const ref = await bench.attempt('submitPrediction', purchase)
    bench.simulator.setFaults([
      { match: { method: 'GET', path: '/v1/predictions/*' }, times: 1, fault: { kind: 'status', status: 401 } },
    ])
    await expect(bench.attempt('awaitPrediction', ref)).rejects.toMatchObject({ nonRetryable: false })
    expect(await ledger(purchase)).toMatchObject({ state: 'submitted' })
  })
})

it('leaves the work of another installation to its own workers', async () => {
  const { submitPrediction } = bench.activities
  const stranger = new MockActivityEnvironment({
    workflowExecution: { workflowId: 'video-job-00000000-1', runId: 'run' },
  })
  await expect(stranger.run(submitPrediction, await newPurchase())).rejects.toMatchObject({
    type: 'OtherInstallation',
    nonRetryable: false,
  })
  expect(bought()).toHaveLength(0)
})
