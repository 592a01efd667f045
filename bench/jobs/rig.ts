/** What the measurements of jobs share: simulator, Temporal server, rows and API, and jobs that wait for approval. */
import { openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DatabaseLocation, openDatabase } from '../../prisma/client.ts'
import { installationId } from '../../prisma/queries/installation.ts'
import { createJob } from '../../prisma/queries/jobs.ts'
import { startFoundations } from '../../scripts/cluster/foundations.ts'
import { type PostgresServer, startPostgres } from '../../scripts/postgres/server.ts'
import { createFileStore } from '../../storage/file-store.ts'
import { lazyClient } from '../../temporal/connect.ts'
import { createJobWorkflows } from '../../temporal/job-workflows.ts'
import { freePort } from '../../temporal/ports.ts'
import { serverFiles, survivor } from '../../temporal/server-process.ts'
import { spawnProcess } from '../../test/support/process.ts'
import { SAMPLE_SETTINGS } from '../../test/support/sample-settings.ts'
import { createApi } from '../../test/support/stack.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'
import { each } from '../each.ts'

export type Rig = Awaited<ReturnType<typeof startRig>>

/** As many jobs are being started at once. */
const STARTS = 8

/**
 * @param scenes of every job, all rendered in parallel
 * @param rows where they are; PostgreSQL writes as durably as SQLite does
 */
export async function startRig(scenes: number, rows: 'sqlite' | 'postgres' = 'sqlite') {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-bench-'))
  const log = openSync(path.join(dataDir, 'log'), 'a')
  const postgres = rows === 'postgres' ? await startPostgres({ isDurable: true }) : null
  const simulated = { SIMULATOR_FAST: '1' }
  const foundations = await startFoundations({ dataDir, rows: 'sqlite', bytes: 'files', simulator: simulated })
  const { address, namespace } = foundations.temporal
  const client = lazyClient({ address, namespace, named: true, security: {} })
  const port = await freePort(0)
  const env = {
    ...foundations.env,
    // Storyboards by the template: what a language model would write costs no time here.
    XAI_API_KEY: '',
    DATA_DIR: dataDir,
    ...(postgres && { DATABASE_URL: postgres.url('postgres') }),
    PORT: String(port),
    PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    // The shortest: the baseline never waits for a next look.
    PREDICTION_POLL_INTERVAL: '0.05',
  }
  const start = async (script: string, extra: Record<string, string> = {}) => {
    const spawned = spawnProcess(script, { ...env, ...extra }, { stderr: log })
    await spawned.ready
    return spawned
  }
  const server = await start('server.ts')
  const api = createApi(env.PUBLIC_BASE_URL)
  const db = await openDatabase(locationOf(postgres, dataDir))
  const workflows = createJobWorkflows(client, db)
  const campaignId = await api.campaign()
  const { clientId } = await db.campaign.findUniqueOrThrow({ where: { id: campaignId } })
  const settings = { ...SAMPLE_SETTINGS, sceneCount: scenes, maxParallelScenes: scenes }

  return {
    url: env.PUBLIC_BASE_URL,
    api,
    client,
    db,
    blobs: await createFileStore(path.join(dataDir, 'blobs')),
    /** With photographs. */
    campaignId,
    /** The process of each part but the workers. */
    async pids(): Promise<Record<string, number>> {
      const temporal = await survivor(serverFiles(dataDir))
      return {
        Temporal: temporal?.pid ?? 0,
        server: server.child.pid ?? 0,
        simulator: foundations.simulator?.process.child.pid ?? 0,
        ...(postgres && { PostgreSQL: postgres.pid }),
      }
    },
    /** One of our processes, on this simulator, server and database. */
    start,
    workflowId: async (jobId: number) => videoJobWorkflowId(await installationId(db), jobId),
    /** When the simulator took a prediction, and when it had made it; milliseconds since 1970. */
    async predictions(jobId: number) {
      const rows = await db.prediction.findMany({ where: { jobId } })
      return Promise.all(
        rows.map(async ({ providerId }) => {
          const url = `${foundations.simulator?.url}/v1/predictions/${providerId}`
          const response = await fetch(url, { headers: { authorization: 'Bearer simulator' } })
          const { created_at, completed_at } = (await response.json()) as { created_at: string; completed_at: string }
          return { taken: Date.parse(created_at), made: Date.parse(completed_at) }
        }),
      )
    },
    /** Makes jobs and waits until their workflows wait for an approval; a worker has to run. @returns their ids */
    async waitingJobs(count: number): Promise<number[]> {
      const ids: number[] = []
      await each(count, STARTS, async (nth) => {
        const type = 'image_pairs'
        const draft = { type, campaignId, clientId, parameters: {}, settings, estimateMicroUsd: 0 } as const
        const job = await createJob(db, draft)
        ids[nth] = job.id
        await workflows.start(job.id)
      })
      while ((await db.job.count({ where: { storyboardVersion: 0 } })) > 0) await sleep(100)
      // A storyboard is written a moment before its workflow knows.
      await sleep(500)
      return ids
    },
    async stop() {
      await server.end()
      await client.connection.close()
      await db.$disconnect()
      await foundations.stop()
      await postgres?.stop()
      await rm(dataDir, { recursive: true })
    },
  }
}

function locationOf(postgres: PostgresServer | null, dataDir: string): DatabaseLocation {
  return postgres ? { url: postgres.url('postgres'), poolSize: 2 } : path.join(dataDir, 'greenlight.db')
}
