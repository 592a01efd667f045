import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type History, historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approve } from '../../workflows/contract.ts'
import { type Bench, HISTORIES, plan, recorded, startBench } from '../workflows/workflow-bench.ts'

const SCENES = 100
const MOST_EVENTS = 4_096
const MOST_BYTES = 64 * 1024

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench?.stop())

/** Bytes of every payload in a history. */
function payloadSizes(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return []
  const { metadata, data } = value as { metadata?: unknown; data?: unknown }
  if (metadata !== undefined && data instanceof Uint8Array) return [data.length]
  return Object.values(value).flatMap(payloadSizes)
}

/** A job of 100 scenes with music, its ids as long as real ones; waits without letting the server skip time. */
async function longJob() {
  const scenes = plan(SCENES).scenes.map((scene) => ({ ...scene, id: randomUUID() }))
  const music = { segments: SCENES, haltOnError: false, failOnError: false }
  const recordDecision = async () => ({ decision: 'approved' as const, plan: plan(SCENES, { scenes, music }) })
  return bench.run({ recordDecision }, async (handle) => {
    await handle.signal(approve, { by: 'Anna' })
    while ((await handle.describe()).status.name === 'RUNNING') await sleep(200)
    expect((await handle.describe()).status.name).toBe('COMPLETED')
    return handle.fetchHistory()
  })
}

function expectSmall({ events }: History) {
  expect(events?.length).toBeLessThan(MOST_EVENTS)
  expect(Math.max(...payloadSizes(events))).toBeLessThan(MOST_BYTES)
}

describe('the history of 100 scenes with music', () => {
  it('stays small when predictions are polled', async () => {
    expectSmall(await longJob())
  }, 120_000)
})

it.each(await recorded())('no payload of a recorded job is more than a reference: %s', async (name) => {
  const history = historyFromJSON(JSON.parse(await readFile(path.join(HISTORIES, name), 'utf8')))
  expect(Math.max(...payloadSizes(history.events))).toBeLessThan(2_048)
})
