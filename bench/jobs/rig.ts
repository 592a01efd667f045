/** What the measurements of bench/jobs.ts share: simulator, Temporal server and API, and jobs that wait for approval. */
import { openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../prisma/client.ts'
import { installationId } from '../../prisma/queries/installation.ts'
import { createJob } from '../../prisma/queries/jobs.ts'
import { lazyClient } from '../../temporal/connect.ts'
import { startEmbeddedTemporal } from '../../temporal/embedded.ts'
import { createJobWorkflows } from '../../temporal/job-workflows.ts'
import { freePort } from '../../temporal/ports.ts'
import { spawnProcess } from '../../test/support/process.ts'
import { SAMPLE_SETTINGS } from '../../test/support/sample-settings.ts'
import { createApi } from '../../test/support/stack.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'

export type Rig = Awaited<ReturnType<typeof startRig>>

/** As many jobs are being started at once. */
const STARTS = 8

/** @param scenes of every job, all rendered in parallel */
export async function startRig(scenes: number) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-bench-'))
  const log = openSync(path.join(dataDir, 'log'), 'a')
  const temporal = await startEmbeddedTemporal({ dataDir, port: 0, uiPort: null, log: () => {} })
  const client = lazyClient({ address: temporal.address, namespace: temporal.namespace, named: true, security: {} })
  const [port, simulatorPort] = [await freePort(0), await freePort(0)]
  const env = {
    DATA_DIR: dataDir,
    PORT: String(port),
    PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    REPLICATE_API_KEY: 'simulator',
    REPLICATE_BASE_URL: `http://127.0.0.1:${simulatorPort}/v1`,
    // The shortest: the baseline never waits for a next look.
    PREDICTION_POLL_INTERVAL: '0.05',
  }
  const start = async (script: string, extra: Record<string, string> = {}, says?: RegExp) => {
    const spawned = spawnProcess(script, { ...env, ...extra }, { stderr: log, says })
    await spawned.ready
    return spawned
  }
  const simulator = await start(
    'simulator/main.ts',
    { SIMULATOR_PORT: String(simulatorPort), SIMULATOR_FAST: '1', SIMULATOR_DIR: path.join(dataDir, 'simulator') },
    /listening/,
  )
  const server = await start('server.ts')
  const api = createApi(`http://127.0.0.1:${port}`)
  const db = await openDatabase(path.join(dataDir, 'greenlight.db'))
  const workflows = createJobWorkflows(client, db)
  const campaignId = await api.campaign()
  const { clientId } = await db.campaign.findUniqueOrThrow({ where: { id: campaignId } })
  const settings = { ...SAMPLE_SETTINGS, sceneCount: scenes, maxParallelScenes: scenes }

  return {
    api,
    client,
    db,
    /** One of our processes, on this simulator, server and database. */
    start,
    workflowId: async (jobId: number) => videoJobWorkflowId(await installationId(db), jobId),
    /** When the simulator took a prediction, and when it had made it; milliseconds since 1970. */
    async predictions(jobId: number) {
      const rows = await db.prediction.findMany({ where: { jobId } })
      return Promise.all(
        rows.map(async ({ providerId }) => {
          const url = `${env.REPLICATE_BASE_URL}/predictions/${providerId}`
          const response = await fetch(url, { headers: { authorization: 'Bearer simulator' } })
          const { created_at, completed_at } = (await response.json()) as { created_at: string; completed_at: string }
          return { taken: Date.parse(created_at), made: Date.parse(completed_at) }
        }),
      )
    },
    /** Makes jobs and waits until their workflows wait for an approval; a worker has to run. @returns their ids */
    async waitingJobs(count: number): Promise<number[]> {
      const ids: number[] = []
      const startNext = async () => {
        while (ids.length < count) {
          const at = ids.push(Number.NaN) - 1
          const type = 'image_pairs'
          const draft = { type, campaignId, clientId, parameters: {}, settings, estimateMicroUsd: 0 } as const
          const job = await createJob(db, draft)
          ids[at] = job.id
          await workflows.start(job.id)
        }
      }
      await Promise.all(Array.from({ length: STARTS }, startNext))
      while ((await db.job.count({ where: { storyboardVersion: 0 } })) > 0) await sleep(100)
      // A storyboard is written a moment before its workflow knows.
      await sleep(500)
      return ids
    },
    async stop() {
      await server.end()
      await simulator.end()
      await client.connection.close()
      await db.$disconnect()
      await temporal.stop()
      await rm(dataDir, { recursive: true })
    },
  }
}
