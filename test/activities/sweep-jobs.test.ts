import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { approveJob, cancelJob } from '../../prisma/queries/decisions.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())
beforeEach(() => void bench.told.splice(0))

const aMinuteAgo = new Date(Date.now() - 60_000)
const swept = async () => {
  await bench.attempt('sweepJobs')
  return bench.told
}

it('starts the workflow of a job whose start was lost, not of one that is just being created', async () => {
  const job = await bench.newJob()
  expect(await swept()).not.toContain(`start ${job.id}`)
  await bench.db.job.update({ where: { id: job.id }, data: { insertedAt: aMinuteAgo } })
  expect(await swept()).toContain(`start ${job.id}`)
})

it('sends a decision that could not be sent', async () => {
  const job = await bench.newJob()
  await bench.db.job.update({ where: { id: job.id }, data: { startedAt: aMinuteAgo } })
  await approveJob(bench.db, job.id, { by: 'Anna', note: null })
  expect(await swept()).not.toContain(`decided ${job.id}`)
  await bench.db.job.update({ where: { id: job.id }, data: { decidedAt: aMinuteAgo } })
  expect(await swept()).toContain(`decided ${job.id}`)
})

it('sends a cancellation that could not be sent, and leaves alone what was told', async () => {
  const job = await bench.newJob()
  await cancelJob(bench.db, job.id, { by: 'Ben', note: null })
  await bench.db.job.update({ where: { id: job.id }, data: { canceledAt: aMinuteAgo } })
  expect(await swept()).toContain(`decided ${job.id}`)
  await bench.db.job.update({ where: { id: job.id }, data: { cancelSentAt: new Date() } })
  bench.told.splice(0)
  expect(await swept()).not.toContain(`decided ${job.id}`)
})

it('fails a job whose workflow an operator terminated, and never starts it again', async () => {
  const job = await bench.newJob()
  await bench.db.job.update({ where: { id: job.id }, data: { startedAt: aMinuteAgo } })
  await approveJob(bench.db, job.id, { by: 'Anna', note: null })
  const longAgo = new Date(Date.now() - 10 * 60_000)
  const still = { decidedAt: longAgo, decisionSentAt: longAgo, status: 'processing', updatedAt: longAgo }
  await bench.db.job.update({ where: { id: job.id }, data: still })
  await swept()
  expect(await bench.db.job.findUnique({ where: { id: job.id } })).toMatchObject({ status: 'processing' })
  bench.ended.add(job.id)
  await swept()
  const ended = await bench.db.job.findUniqueOrThrow({ where: { id: job.id } })
  expect(ended).toMatchObject({ status: 'failed', stage: 'failed' })
  expect(ended.error).toMatch(/ended in Temporal/)
  expect(bench.told).not.toContain(`start ${job.id}`)
})
