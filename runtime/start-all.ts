/** API and worker in one process, on a Temporal server that runs. */
import type { Logger } from 'pino'
import { createApp } from '../api/app.ts'
import { listen } from '../api/listen.ts'
import type { Config } from '../config.ts'
import { connectTemporal, type TemporalTarget } from '../temporal/connect.ts'
import { createJobWorkflows } from '../temporal/job-workflows.ts'
import { openParts, type Parts } from './open-parts.ts'
import { startWorker } from './start-worker.ts'

export interface Greenlight {
  /** http://host:port */
  url: string
  parts: Parts
  /** Rejects when the worker fails. */
  done: Promise<void>
  stop(): Promise<void>
}

export async function startAll(config: Config, log: Logger, target: TemporalTarget): Promise<Greenlight> {
  const { connection, client } = await connectTemporal(target)
  const parts = await openParts(config, log)
  const workers = await startWorker(parts, { connection, client, namespace: target.namespace })
  const server = await listen(createApp({ ...parts, workflows: createJobWorkflows(client, parts.db) }), config)
  return {
    url: server.url,
    parts,
    done: workers.done,
    async stop() {
      await server.close()
      await workers.stop()
      await connection.close()
      await parts.close()
    },
  }
}
