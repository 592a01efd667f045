/** The processes of a run: server, worker, embedded Temporal and simulator, all on one data folder. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { startSimulatorProcess } from '../../scripts/cluster/simulator-process.ts'
import { lazyClient } from '../../temporal/connect.ts'
import { startEmbeddedTemporal } from '../../temporal/embedded.ts'
import { freePort, isAnswering } from '../../temporal/ports.ts'
import { type ServerProcess, serverFiles, survivor } from '../../temporal/server-process.ts'
import { type KeptProcess, keepRunning } from './kept-process.ts'
import type { PlannedKill } from './plan.ts'

export interface Cast {
  /** http://host:port */
  serverUrl: string
  simulatorUrl: string
  client: Client
  server: KeptProcess
  worker: KeptProcess
  kill(planned: PlannedKill): Promise<void>
  /** SIGTERM to all. @returns the names of those that did not end as they should, and how */
  end(): Promise<string[]>
  /** SIGKILL to all that is left. */
  abandon(): Promise<void>
}

/** @param databaseUrl of PostgreSQL; without it the rows are in the data folder */
export async function raise(dataDir: string, databaseUrl?: string): Promise<Cast> {
  // Whatever was started is killed when what comes after it does not start.
  await using started = new AsyncDisposableStack()
  const logs = path.join(dataDir, 'logs')
  await mkdir(logs, { recursive: true })
  const simulator = await startSimulatorProcess(dataDir, {
    SIMULATOR_FAST: 'scenes',
    SIMULATOR_RENDER_MS: '1500',
  })
  started.defer(() => simulator.process.kill())
  const temporal = await startEmbeddedTemporal({ dataDir, port: 0, uiPort: null, log: () => {} })
  started.defer(() => temporal.stop())
  const port = await freePort(0)
  const serverUrl = `http://127.0.0.1:${port}`
  const env = {
    ...simulator.env,
    ...environment(serverUrl),
    DATA_DIR: dataDir,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    PORT: `${port}`,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  }
  const server = keepRunning('server.ts', path.join(logs, 'server.log'), env)
  const worker = keepRunning('worker.ts', path.join(logs, 'worker.log'), env)
  started.defer(() => server.abandon())
  started.defer(() => worker.abandon())
  await Promise.all([server.firstReady, worker.firstReady])
  const target = { address: temporal.address, namespace: temporal.namespace, named: true, security: {} }
  const client = lazyClient(target)
  const kept = { server, worker }
  const all = started.move()
  return {
    serverUrl,
    simulatorUrl: simulator.url,
    client,
    server,
    worker,
    async kill({ process, after, down, starting }) {
      // However slow the machine is, there is work to be killed at.
      if (!starting) await Promise.all([server.untilReady(), worker.untilReady(), temporalIsThere(dataDir)])
      await sleep(after)
      if (process === 'temporal') await killTemporal(dataDir)
      else await kept[process].kill(down)
    },
    async end() {
      await client.connection.close()
      const codes = await Promise.all([server.end(), worker.end()])
      await temporal.stop()
      codes.push(await simulator.process.end())
      return ['server', 'worker', 'simulator'].flatMap((name, index) =>
        codes[index] === 0 ? [] : [`After SIGTERM the ${name} ended with ${codes[index] ?? 'a signal'}, not with 0.`],
      )
    },
    abandon: () => all.disposeAsync(),
  }
}

/** Short times, so that what is lost is soon looked for; a stalled POST (mishaps.ts) still arrives before that. */
function environment(serverUrl: string): Record<string, string> {
  return {
    PUBLIC_BASE_URL: serverUrl,
    REPLICATE_WEBHOOK_URL: `${serverUrl}/api/webhooks/replicate`,
    PREDICTION_POLL_INTERVAL: '4',
    PREDICTION_TIMEOUT: '60',
    SUBMIT_TIMEOUT: '3',
    SUBMIT_SETTLE: '4',
    STORYBOARD_TIMEOUT: '5',
  }
}

/** Its watcher starts it again within a second or two. */
async function temporalIsThere(dataDir: string): Promise<ServerProcess> {
  for (;;) {
    const server = await survivor(serverFiles(dataDir))
    if (server && (await isAnswering(server.port))) return server
    await sleep(50)
  }
}

async function killTemporal(dataDir: string): Promise<void> {
  const server = await temporalIsThere(dataDir)
  // It leads a process group of its own, and a `temporal` on PATH may be a script that runs the real one.
  process.kill(-server.pid, 'SIGKILL')
}
