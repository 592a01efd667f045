import { afterAll, beforeAll, expect, it } from 'vitest'
import { approveJob, cancelJob } from '../../prisma/queries/decisions.ts'
import { advanceJob } from '../../prisma/queries/progress.ts'
import { findRevision, queueRetry } from '../../prisma/queries/revisions.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())

const anna = { by: 'Anna', note: null }

it('waits for an approval that is in the row and still to be sent', async () => {
  const { id: jobId } = await bench.newJob()
  await approveJob(bench.db, jobId, anna)
  const planned = await bench.attempt('planRevision', { jobId, revision: { signal: 'run:1' } })
  expect(planned).toEqual({ decided: false, stage: 'pending', music: null })
})

it('takes a retry as done whose storyboard was approved the moment it was written', async () => {
  const { id: jobId } = await bench.newJob()
  await bench.db.$transaction((tx) => advanceJob(tx, jobId, 'failed', { error: 'no photos' }))
  await queueRetry(bench.db, jobId, { by: 'Anna' })
  await approveJob(bench.db, jobId, anna)
  const planned = await bench.attempt('planRevision', { jobId, revision: { number: 1 } })
  expect(planned).toEqual({ decided: false, stage: 'pending', music: null })
  expect(await findRevision(bench.db, jobId, 1)).toMatchObject({ state: 'completed', error: null })
})

it('has nothing to wait for in a job that was canceled before its new run began', async () => {
  const { id: jobId } = await bench.newJob()
  await bench.db.job.update({ where: { id: jobId }, data: { storyboardVersion: 0 } })
  await bench.db.$transaction((tx) => advanceJob(tx, jobId, 'failed', { error: 'no photos' }))
  await queueRetry(bench.db, jobId, { by: 'Anna' })
  await cancelJob(bench.db, jobId, { by: 'Ben', note: null })
  // The bench has no one who writes storyboards: it is not asked to.
  expect(await bench.attempt('writeStoryboard', { jobId })).toMatchObject({ canceled: true })
  expect(await bench.attempt('planRevision', { jobId, revision: { number: 1 } })).toMatchObject({
    decided: true,
    stage: 'canceled',
  })
  expect(await findRevision(bench.db, jobId, 1)).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/Canceled by Ben/),
  })
})
