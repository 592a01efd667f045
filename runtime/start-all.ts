/** API and worker in one process, on a Temporal server that runs. */
import type { Logger } from 'pino'
import { createApp } from '../api/app.ts'
import { listen } from '../api/listen.ts'
import { assertSafeToListen } from '../api/origin.ts'
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

/** @throws Error with one sentence when it is not safe to listen, the port is taken, or a part can't be had */
export async function startAll(config: Config, log: Logger, target: TemporalTarget): Promise<Greenlight> {
  assertSafeToListen(config)
  const { connection, client } = await connectTemporal(target)
  const parts = await openParts(config, log)
  const closeParts = async () => {
    await connection.close()
    await parts.close()
  }
  // The port before the worker: a server that can't listen must not have begun to work.
  const app = createApp({ ...parts, workflows: createJobWorkflows(client, parts.db) })
  const server = await listen(app, config).catch(async (error: unknown) => {
    await closeParts()
    throw error
  })
  const workers = await startWorker(parts, { connection, client, namespace: target.namespace }).catch(
    async (error: unknown) => {
      await server.close()
      await closeParts()
      throw error
    },
  )
  return {
    url: server.url,
    parts,
    done: workers.done,
    async stop() {
      // While the workers end what they have begun, the provider still fetches pictures here.
      await Promise.all([server.drain(), workers.stop()])
      await server.close()
      await closeParts()
    },
  }
}
