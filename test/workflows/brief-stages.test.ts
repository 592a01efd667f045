/** A stage that mostly lasts a moment is shown by a timer: what it says must still be so. */
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultPayloadConverter } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { workflowBundle } from '../../temporal/workflow-bundle.ts'
import { approve, SEARCH_ATTRIBUTES } from '../../workflows/contract.ts'
import type { videoJob } from '../../workflows/video-job.ts'
import { type Bench, plan, startBench } from './workflow-bench.ts'

/** The server's number for the type of a search attribute (temporal.api.enums.v1.IndexedValueType). */
const KEYWORD = 2

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
  const searchAttributes = { [SEARCH_ATTRIBUTES.stage.name]: KEYWORD }
  await bench.env.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes })
})
afterAll(() => bench.stop())

it('shows no stage that ended at the moment from which it would be shown', async () => {
  const [workflowId, taskQueue] = ['brief', 'brief']
  const [bought, rendered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const calls = bench.activitiesFor(workflowId, {
    submitPrediction: async ({ jobId }) => {
      await bought.promise
      return { jobId, predictionId: 'p' }
    },
    awaitPrediction: () => rendered.promise,
  })
  const { client, nativeConnection: connection } = bench.env
  const args = [{ jobId: 1, isIndexed: true }] as [{ jobId: number; isIndexed: boolean }]
  const handle = await client.workflow.start<typeof videoJob>('videoJob', { workflowId, taskQueue, args })
  const events = async () => (await handle.fetchHistory()).events ?? []
  const bundle = await workflowBundle()
  // With no cache the next one need not wait for the one before.
  const workUntil = async (happened: () => Promise<boolean> | boolean) => {
    const worker = await Worker.create({ ...{ connection, taskQueue, workflowBundle: bundle }, maxCachedWorkflows: 0 })
    await worker.runUntil(until(happened))
  }
  await handle.signal(approve, { by: 'Anna', plan: plan(1) })
  await workUntil(() => calls.includes('submitPrediction 1'))
  // No worker carries the workflow while both happen, so that it hears of them together.
  await until(async () => (await events()).some(({ timerFiredEventAttributes }) => timerFiredEventAttributes))
  bought.resolve()
  const hasBought = async () =>
    (await events()).filter(({ activityTaskCompletedEventAttributes }) => activityTaskCompletedEventAttributes).length >
    1
  await until(hasBought)
  await workUntil(() => calls.includes('awaitPrediction'))
  const shown = (await events()).flatMap(({ upsertWorkflowSearchAttributesEventAttributes: upserted }) => {
    const stage = upserted?.searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES.stage.name]
    return stage ? [defaultPayloadConverter.fromPayload(stage)] : []
  })
  rendered.resolve()
  await handle.terminate()
  expect(shown).toEqual(['waiting_prediction'])
})

async function until(happened: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await happened())) await sleep(50)
}
