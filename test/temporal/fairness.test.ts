import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import { type Database, openDatabase } from '../../prisma/client.ts'
import { createCampaign } from '../../prisma/queries/campaigns.ts'
import { createClient } from '../../prisma/queries/clients.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { createJob } from '../../prisma/queries/jobs.ts'
import { connectTemporal, readTemporalTarget } from '../../temporal/connect.ts'
import { type EmbeddedTemporal, startEmbeddedTemporal } from '../../temporal/embedded.ts'
import { createJobWorkflows } from '../../temporal/job-workflows.ts'
import { installRuntime, startWorkers, type Workers } from '../../temporal/workers.ts'
import { SAMPLE_SETTINGS } from '../support/sample-settings.ts'
import { quietActivities } from '../workflows/workflow-bench.ts'

const MANY = 60
const FEW = 4

let folder: string
let db: Database
let temporal: EmbeddedTemporal
let connected: Awaited<ReturnType<typeof connectTemporal>>
let workers: Workers
/** The jobs that bought, one entry a scene, in the order of the purchases. */
const bought: number[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-fairness-'))
  db = await openDatabase(path.join(folder, 'rows.db'))
  temporal = await startEmbeddedTemporal({ dataDir: folder, port: 0, uiPort: null, log: () => {} })
  installRuntime(pino({ level: 'silent' }))
  // Whose search attributes nobody has registered: jobs run without them, on a worker's connection too.
  const target = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace }
  connected = await connectTemporal(readTemporalTarget(target))
  const activities: Activities = {
    ...quietActivities(),
    submitPrediction: async ({ jobId }) => {
      bought.push(jobId)
      return { jobId, predictionId: `p-${bought.length}` }
    },
  }
  workers = await startWorkers({ connection: connected.connection, namespace: temporal.namespace, activities })
})
afterAll(async () => {
  await workers?.stop()
  await connected?.connection.close()
  await temporal?.stop()
  await db?.$disconnect()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** @returns a job of a client of its own, to be approved */
async function newJob(count: number): Promise<number> {
  const client = await createClient(db, { name: `A client with ${count} scenes` })
  const campaign = await createCampaign(db, { name: 'Lakeside', clientId: client.id })
  const owner = { clientId: client.id, campaignId: campaign.id }
  const draft = {
    type: 'image_pairs',
    ...owner,
    parameters: {},
    settings: { ...SAMPLE_SETTINGS, maxParallelScenes: count },
    estimateMicroUsd: 0,
  } as const
  const { id } = await createJob(db, draft)
  const scenes = Array.from({ length: count }, (_, position) => ({ jobId: id, position, duration: 4 }))
  await db.scene.createMany({ data: scenes })
  await db.job.update({ where: { id }, data: { storyboardVersion: 1 } })
  return id
}

async function approve(id: number): Promise<void> {
  await approveJob(db, id, { by: 'Anna', note: null })
  const workflows = createJobWorkflows(connected.client, db)
  await workflows.start(id)
  await workflows.decided(id)
}

it('a client with few scenes does not wait until another has bought all of its many', async () => {
  const [large, small] = [await newJob(MANY), await newJob(FEW)]
  await approve(large)
  // All of them are in the queue, which lets nine through in a second.
  await expect.poll(() => bought.length, { timeout: 30_000 }).toBeGreaterThan(5)
  await approve(small)
  await expect.poll(() => bought.length, { timeout: 60_000 }).toBe(MANY + FEW)
  expect(bought.filter((id) => id === small)).toHaveLength(FEW)
  const after = bought.slice(bought.lastIndexOf(small) + 1)
  expect(after.filter((id) => id === large).length).toBeGreaterThan(MANY / 3)
})
