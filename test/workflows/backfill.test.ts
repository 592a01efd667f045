import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import type { backfill } from '../../workflows/backfill.ts'
import { type BackfillInput, TASK_QUEUES } from '../../workflows/contract.ts'
import { type Bench, startBench } from './workflow-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.stop())

const ids = Array.from({ length: 260 }, (_, n) => String(n).padStart(3, '0'))
const listing: Partial<Activities> = {
  countAssetsToBackfill: async () => ids.length,
  listAssetsToBackfill: async ({ after, take }) => ids.filter((id) => after === null || id > after).slice(0, take),
}

async function run(overrides: Partial<Activities>, input: Omit<BackfillInput, 'soFar'>) {
  const tried: string[] = []
  const backfillAsset: Activities['backfillAsset'] = async ({ assetId }) => {
    tried.push(assetId)
    return { name: assetId, outcome: 'stored', size: 10 }
  }
  const workflowId = `backfill-${randomUUID()}`
  bench.activitiesFor(workflowId, { ...listing, backfillAsset, ...overrides })
  const options = { workflowId, taskQueue: TASK_QUEUES.main, args: [input] as [BackfillInput] }
  const handle = await bench.env.client.workflow.start<typeof backfill>('backfill', options)
  const result = await handle.result()
  return { result, tried, firstRun: handle.firstExecutionRunId, handle }
}

describe('a backfill', () => {
  it('tries every asset once, over as many runs as it takes', async () => {
    const { result, tried, firstRun, handle } = await run({}, { limit: null, sleepMs: 0 })
    expect(result).toMatchObject({ total: 260, stored: 260, storedBytes: 2_600, failed: 0, failures: [] })
    expect(tried).toEqual(ids)
    const last = await bench.env.client.workflow.getHandle(handle.workflowId).describe()
    expect(last.runId).not.toBe(firstRun)
  })

  it('tries no more than its limit', async () => {
    const { result, tried } = await run({}, { limit: 60, sleepMs: 3_600_000 })
    expect(result).toMatchObject({ total: 60, stored: 60 })
    expect(tried).toEqual(ids.slice(0, 60))
  })

  it('goes on after an asset that fails, also when its activity does', async () => {
    const backfillAsset: Activities['backfillAsset'] = async ({ assetId }) => {
      if (assetId === '001') return { name: 'a.jpg', outcome: 'failed', reason: 'It is gone.' }
      if (assetId === '002') throw ApplicationFailure.nonRetryable('The disk is full.')
      return { name: assetId, outcome: 'stored', size: 10 }
    }
    const { result } = await run({ backfillAsset }, { limit: 4, sleepMs: 0 })
    expect(result).toMatchObject({ stored: 2, failed: 2 })
    expect(result.failures).toEqual([
      { assetId: '001', name: 'a.jpg', reason: 'It is gone.' },
      { assetId: '002', name: '002', reason: 'The disk is full.' },
    ])
  })
})
